import type { RoundNoise } from '../../rewards/estimate.ts';
import { looksFor } from '../../rewards/sequential.ts';
import type { Candidate } from '../core/candidate.ts';
import { HarnessError } from '../core/errors.ts';
import type { Evaluation, EvaluationOptions, Evaluator, Index, Vetting } from '../core/evaluation.ts';
import type { Stage, WorkPoint } from '../core/outcome.ts';
import type { Random } from '../core/policy.ts';
import { seededRandom } from '../core/random.ts';
import { audit, auditRanges } from './audit.ts';
import { checkSource } from './check.ts';
import type { DuplicateIndex } from './duplicates.ts';
import { Failed, outcomeOf } from './failed.ts';
import { type BuiltGraph, IndexMaker, type MakerParts } from './index-maker.ts';
import { LivePair, type TimeLimits } from './live-pair.ts';
import { compareLive, type EffortGrid, PlayerEnded, type Side } from './measure.ts';
import { NoiseHistory } from './noise-history.ts';
import { aboveRoofline } from './physical-floor.ts';
import type { QuerySplits } from './splits.ts';
import { StageClock } from './stage-clock.ts';
import type { Vetter } from './vetter.ts';
import { countingDefine, countWork } from './work.ts';

/** What an evaluator works with; made once a campaign by the composition root. */
export interface EvaluatorParts extends MakerParts {
  readonly splits: QuerySplits;
  /** Queries a second that no index can pass here: `qpsCeiling`. */
  readonly qpsCeiling: number;
  /** The static rules; the walls behind them are tested without. */
  readonly check?: typeof checkSource;
  /** Where given, the same header or player under another id is rejected. */
  readonly duplicates?: DuplicateIndex;
  readonly vetter?: Vetter;
  readonly limits?: TimeLimits;
}

/** The champion itself does not reach the window, so nothing can be compared with it. */
export class ChampionShort extends HarnessError {}

const defaultLimits: TimeLimits = { prepareSeconds: 30, smokeSeconds: 10 };

/** The graph target's evaluator: check, compile, build, prepare, smoke, measure. */
export class GraphEvaluator implements Evaluator {
  readonly #parts: EvaluatorParts;
  readonly #maker: IndexMaker;
  /** Efforts that an index was found to need, by the binary and graph that made it and the queries asked. */
  readonly #grids = new Map<string, EffortGrid>();
  readonly #noise = new NoiseHistory();

  /** So far; each draws an order of its own, so that none can favour a side again and again. */
  #measurements = 0;
  readonly #startOrder: Random;
  readonly #check: typeof checkSource;
  readonly #limits: TimeLimits;

  constructor(parts: EvaluatorParts) {
    this.#parts = parts;
    this.#maker = new IndexMaker(parts);
    this.#startOrder = seededRandom(parts.spec.seed, 'start order');
    this.#check = parts.check ?? checkSource;
    this.#limits = parts.limits ?? defaultLimits;
  }

  async prepare(indexes: readonly { readonly challenger: Index; readonly changed: Candidate }[]): Promise<void> {
    await Promise.all(
      indexes.map(async ({ challenger, changed }) => {
        if (this.#check(changed.slot, changed.source) ?? this.#parts.duplicates?.sameSource(changed)) return;
        await this.#maker.compileAhead(challenger, programOf(changed));
      }),
    );
  }

  async vet(index: Index, changed: Candidate): Promise<Vetting> {
    return (await this.#parts.vetter?.vet(index, changed)) ?? {};
  }

  async compare(
    challenger: Index,
    champion: Index,
    changed: Candidate | undefined,
    options: EvaluationOptions,
  ): Promise<Evaluation> {
    const clock = new StageClock(options.onStage);
    const stage = (name: Stage) => clock.enter(name);
    try {
      stage('check');
      const broken =
        changed && (this.#check(changed.slot, changed.source) ?? this.#parts.duplicates?.sameSource(changed));
      if (broken) throw new Failed(broken);
      if (changed) this.#parts.duplicates?.addSource(changed);
      const sides = { challenger, champion };
      stage('compile');
      const binaries = await this.#eachSide(sides, changed, (index) => this.#maker.serveBinary(index));
      if (changed) {
        clock.add('compile', this.#maker.compileSeconds(challenger, programOf(changed)));
        await this.#rejectDuplicateCode(sides, changed);
      }
      stage('build');
      const graphs = await this.#eachSide(sides, changed, (index) => this.#maker.graph(index));
      return { ...(await this.#measure(binaries, graphs, options, stage)), seconds: clock.seconds() };
    } catch (error) {
      if (error instanceof Failed) return { outcome: error.outcome, seconds: clock.seconds() };
      throw error;
    }
  }

  /** The champion comes first into the index, so that a change without effect is found too. */
  async #rejectDuplicateCode({ challenger, champion }: Record<Side, Index>, changed: Candidate): Promise<void> {
    const { duplicates } = this.#parts;
    if (!duplicates) return;
    const binaryOf = (index: Index) => this.#maker.binary(index, programOf(changed));
    await duplicates.addCode(champion[changed.slot], await binaryOf(champion));
    const binary = await binaryOf(challenger);
    const same = await duplicates.sameCode(changed, binary);
    if (same) throw new Failed(same);
    await duplicates.addCode(changed, binary);
  }

  /** Runs `make` for champion and challenger; a champion that fails now, having passed before, is the harness's trouble. */
  async #eachSide<T>(
    sides: Record<Side, Index>,
    changed: Candidate | undefined,
    make: (index: Index) => Promise<T>,
  ): Promise<Record<Side, T>> {
    let champion: T;
    try {
      champion = await make(sides.champion);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      throw new HarnessError(
        `the champion of ${changed?.slot ?? 'the seed'} no longer passes: ${JSON.stringify(error.outcome)}`,
      );
    }
    return { champion, challenger: await make(sides.challenger) };
  }

  /** Counts, beside any timing, on a player of its own compiled to count. The index must have passed before. */
  async countDistances(index: Index, efforts: readonly number[]): Promise<readonly WorkPoint[]> {
    const { graphs, spec, referee, splits, filters } = this.#parts;
    try {
      const { key } = await this.#maker.graph(index);
      const graph = graphs.graphPath(key);
      const [timed, counting] = await Promise.all([
        this.#maker.serveBinary(index),
        this.#maker.binary(index, 'serve', [countingDefine]),
      ]);
      const { timed: queries } = splits.search;
      return await countWork({ referee, spec, filters, graph, binaries: { timed, counting }, efforts, queries });
    } catch (error) {
      if (error instanceof Failed) return [];
      throw error;
    }
  }

  /** How much rounds were seen to vary. @throws HarnessError before the first comparison of several rounds */
  noise(): RoundNoise {
    const prior = this.#noise.prior();
    if (!prior) throw new HarnessError('nothing has been compared yet');
    return prior;
  }

  async #measure(
    binaries: Record<Side, string>,
    graphs: Record<Side, BuiltGraph>,
    { queries, precision = 'settle', requiredGain = this.#parts.spec.requiredGain }: EvaluationOptions,
    stage: (name: Stage) => void,
  ): Promise<Evaluation> {
    const { referee, splits, spec } = this.#parts;
    const made = (side: Side) => {
      const binary = binaries[side];
      return { binary, graph: graphs[side], lock: this.#maker.isLocked(binary) };
    };
    const pair = new LivePair({
      ...this.#parts,
      sides: { challenger: made('challenger'), champion: made('champion') },
      limits: this.#limits,
      startOrder: this.#startOrder,
    });
    const gridKey = [binaries.champion, graphs.champion.key, queries].join(' ');
    try {
      stage('prepare');
      const costs = await pair.start();
      stage('smoke');
      const audits = auditRanges(splits, queries);
      await pair.smoke(splits[queries].probe.from, audits.before);
      stage('measure');
      const championGrid = this.#grids.get(gridKey);
      const prior = this.#noise.prior();
      const result = await compareLive(referee, {
        split: splits[queries],
        random: seededRandom(spec.seed, 'order', ++this.#measurements),
        restart: async () => {
          await pair.stop();
          await pair.start();
        },
        looks: looksFor(prior, precision === 'settle'),
        requiredGain,
        ...(prior && { prior }),
        ...(championGrid && { championGrid }),
      });
      if (result.kind === 'short') {
        if (result.side === 'champion')
          throw new ChampionShort(`the champion's recall ends at ${result.best} on the ${queries} queries`);
        return { outcome: { kind: 'low-recall', best: result.best, required: 0.95, curve: result.curve } };
      }
      const impossible = aboveRoofline(result.challenger, this.#parts.qpsCeiling);
      if (impossible) throw new Failed(impossible);
      // Again, for what lies low until it has seen enough queries.
      await audit(referee, 'challenger', audits.after, this.#limits.smokeSeconds);
      this.#grids.set(gridKey, result.championGrid);
      if (result.noise) this.#noise.add(result.noise);
      return {
        outcome: {
          kind: 'scored',
          verdict: result.verdict,
          area: result.challengerArea,
          curve: result.challenger,
          speedup: result.speedup,
          rounds: result.rounds,
          cost: costs.challenger,
        },
        champion: { area: result.championArea, curve: result.champion },
      };
    } catch (error) {
      if (!(error instanceof PlayerEnded)) throw error;
      if (error.side === 'champion')
        throw new HarnessError(`the champion ended in a measurement: ${error.message}`, { cause: error });
      return { outcome: outcomeOf(error.failure, 'measure', spec.memoryMebibytes) };
    } finally {
      await pair.stop();
    }
  }
}

/** The player that a change of the candidate's slot changes. */
function programOf({ slot }: Candidate): 'build' | 'serve' {
  return slot === 'construction' ? 'build' : 'serve';
}
