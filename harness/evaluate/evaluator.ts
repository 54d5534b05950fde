import { join } from 'node:path';
import type { RoundNoise } from '../../rewards/estimate.ts';
import { looksFor } from '../../rewards/sequential.ts';
import type { Candidate } from '../core/candidate.ts';
import { HarnessError } from '../core/errors.ts';
import type { Evaluation, EvaluationOptions, Evaluator, Index, Vetting } from '../core/evaluation.ts';
import type { IndexCost, Outcome, Stage, WorkPoint } from '../core/outcome.ts';
import type { Random } from '../core/policy.ts';
import { seededRandom } from '../core/random.ts';
import type { CampaignSpec } from '../core/spec.ts';
import type { Metric } from '../core/target.ts';
import { type AuditRanges, audit, auditRanges } from './audit.ts';
import { isBaseline } from './baselines.ts';
import { checkSource } from './check.ts';
import type { CompileJob, CompileResult } from './compile.ts';
import type { DuplicateIndex } from './duplicates.ts';
import type { BuildRecord, GraphCache } from './graph-cache.ts';
import type { CompileLanes } from './lanes.ts';
import { compareLive, type EffortGrid, PlayerEnded, runBatches, type Side } from './measure.ts';
import { NoiseHistory } from './noise-history.ts';
import { aboveRoofline } from './physical-floor.ts';
import { buildCommand, serveCommand } from './player-command.ts';
import type { PlayerFailure } from './protocol.ts';
import type { Referee } from './referee.ts';
import type { QuerySplits } from './splits.ts';
import { StageClock } from './stage-clock.ts';
import { withStageFolder } from './stage-folder.ts';
import type { SystemCallFilters } from './system-call-filters.ts';
import { hashOf, type Toolchain } from './toolchain.ts';
import type { Vetter } from './vetter.ts';
import { countingDefine, countWork } from './work.ts';

/** What an evaluator works with; made once a campaign by the composition root. */
export interface EvaluatorParts {
  readonly spec: CampaignSpec;
  readonly metric: Metric;
  readonly threads: number;
  readonly toolchain: Toolchain;
  /** Names this CPU's instruction sets, contract, player and dataset, for cache keys. */
  readonly machineKey: string;
  readonly datasetHash: string;
  readonly support: Readonly<Record<string, string>>;
  readonly cacheDir: string;
  readonly lanes: CompileLanes;
  /** Absent where the specification asks for no sandbox. */
  readonly filters: SystemCallFilters | undefined;
  readonly graphs: GraphCache;
  readonly referee: Referee;
  readonly splits: QuerySplits;
  /** Queries a second that no index can pass here: `qpsCeiling`. */
  readonly qpsCeiling: number;
  /** The seed's cost, once known: caps are relative to it. */
  readonly seedCost: () => IndexCost | undefined;
  /** The static rules; the walls behind them are tested without. */
  readonly check?: typeof checkSource;
  /** Where given, the same header or player under another id is rejected. */
  readonly duplicates?: DuplicateIndex;
  readonly vetter?: Vetter;
  /** Folder of the precompiled contract, where there is one. */
  readonly precompiled?: string | undefined;
  readonly limits?: TimeLimits;
}

/** Wall seconds after which a player has hung. */
export interface TimeLimits {
  readonly prepareSeconds: number;
  readonly smokeSeconds: number;
}

/** Ends the passage of one candidate through the stages with its outcome. */
class Failed extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** The champion itself does not reach the window, so nothing can be compared with it. */
export class ChampionShort extends HarnessError {}

const defaultLimits: TimeLimits = { prepareSeconds: 30, smokeSeconds: 10 };
const smokeEfforts = [1, 24, 200];
const smokeQueries = 32;

/** The graph target's evaluator: check, compile, build, prepare, smoke, measure. */
export class GraphEvaluator implements Evaluator {
  readonly #parts: EvaluatorParts;
  /** Efforts that an index was found to need, by the binary and graph that made it and the queries asked. */
  readonly #grids = new Map<string, EffortGrid>();
  readonly #noise = new NoiseHistory();

  /** Binaries whose players may change their memory while they answer. */
  readonly #unlocked = new Set<string>();

  /** So far; each draws an order of its own, so that none can favour a side again and again. */
  #measurements = 0;
  readonly #startOrder: Random;
  readonly #check: typeof checkSource;
  readonly #limits: TimeLimits;

  constructor(parts: EvaluatorParts) {
    this.#parts = parts;
    this.#startOrder = seededRandom(parts.spec.seed, 'start order');
    this.#check = parts.check ?? checkSource;
    this.#limits = parts.limits ?? defaultLimits;
  }

  async prepare(indexes: readonly { readonly challenger: Index; readonly changed: Candidate }[]): Promise<void> {
    await Promise.all(
      indexes.map(async ({ challenger, changed }) => {
        if (this.#check(changed.slot, changed.source) ?? this.#parts.duplicates?.sameSource(changed)) return;
        await this.#parts.lanes.compile(
          this.#compileJob(challenger, changed.slot === 'construction' ? 'build' : 'serve'),
        );
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
      const binaries = await this.#eachSide(sides, changed, (index) => this.#serveBinary(index));
      if (changed) await this.#rejectDuplicateCode(sides, changed);
      stage('build');
      const graphs = await this.#eachSide(sides, changed, (index) => this.#graph(index));
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
    const program = changed.slot === 'construction' ? 'build' : 'serve';
    const binaryOf = (index: Index) => this.#compiled(this.#compileJob(index, program));
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
      const { key } = await this.#graph(index);
      const graph = graphs.graphPath(key);
      const [timed, counting] = await Promise.all([
        this.#serveBinary(index),
        this.#compiled(this.#compileJob(index, 'serve', [countingDefine])),
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

  #compileJob(index: Index, program: CompileJob['program'], defines: readonly string[] = []): CompileJob {
    const { metric, toolchain, machineKey, support, cacheDir, spec, filters } = this.#parts;
    const slots = program === 'build' ? (['construction'] as const) : (['search', 'refinement'] as const);
    const headers = Object.fromEntries(slots.map((slot) => [slot, index[slot].source]));
    // Precompiled without such macros, the contract would not know them.
    const precompiled = defines.length === 0 ? this.#parts.precompiled : undefined;
    // The order of functions in a player differs with a precompiled contract, if nothing else does.
    const flags = [...toolchain.flags, ...defines, ...(precompiled ? ['-include'] : [])];
    const key = hashOf(machineKey, program, metric, ...flags, ...Object.values(headers)).slice(0, 32);
    const binary = join(cacheDir, 'binaries', `${program}-${key}`);
    const sandbox = spec.sandbox === 'bubblewrap';
    const job = { program, headers, support, metric, toolchain, defines, sandbox, filter: filters?.compiler, binary };
    return { ...job, ...(precompiled && { precompiled }) };
  }

  async #compiled(job: CompileJob): Promise<string> {
    const result: CompileResult = await this.#parts.lanes.compile(job);
    if (result.kind !== 'compiled') throw new Failed(result);
    return job.binary;
  }

  async #serveBinary(index: Index): Promise<string> {
    const binary = await this.#compiled(this.#compileJob(index, 'serve'));
    if (await isBaseline(index.search.source)) this.#unlocked.add(binary);
    return binary;
  }

  /** The index's graph, built unless it is in the cache. */
  async #graph(index: Index): Promise<{ key: string; record: BuildRecord }> {
    const { spec, threads, graphs, referee, datasetHash, filters } = this.#parts;
    const job = this.#compileJob(index, 'build');
    const key = hashOf(job.binary, datasetHash, String(threads), String(spec.maxDegree), String(spec.seed)).slice(
      0,
      32,
    );
    const cached = await graphs.find(key);
    if (cached) return { key, record: this.#withinBuildCap(cached) };
    const binary = await this.#compiled(job);
    const cap = this.#buildCapSeconds();
    const limitSeconds = Math.min(cap, spec.buildSecondsLimit);
    const answer = await withStageFolder(false, (folder) =>
      buildCommand({ folder, binary, spec, threads, limitSeconds, filters }).then((argv) =>
        referee.ask('built', {
          op: 'build',
          argv,
          graph: graphs.graphPath(key),
          maxDegree: spec.maxDegree,
          limitSeconds,
        }),
      ),
    );
    if (answer.kind === 'failed') {
      if (answer.how === 'timed-out' && limitSeconds === cap) {
        throw new Failed({
          kind: 'over-limit',
          stage: 'build',
          resource: 'build-time',
          limit: cap,
          used: limitSeconds,
        });
      }
      throw new Failed(this.#outcomeOf(answer, 'build'));
    }
    const { kind: _, ...record } = answer;
    await graphs.store(key, record);
    return { key, record: this.#withinBuildCap(record) };
  }

  #buildCapSeconds(): number {
    const seed = this.#parts.seedCost();
    return seed ? seed.buildSeconds * this.#parts.spec.buildFactor : Number.POSITIVE_INFINITY;
  }

  #withinBuildCap(record: BuildRecord): BuildRecord {
    const limit = this.#buildCapSeconds();
    if (record.seconds <= limit) return record;
    throw new Failed({ kind: 'over-limit', stage: 'build', resource: 'build-time', limit, used: record.seconds });
  }

  async #measure(
    binaries: Record<Side, string>,
    graphs: Record<Side, { key: string; record: BuildRecord }>,
    { queries, precision = 'settle', requiredGain = this.#parts.spec.requiredGain }: EvaluationOptions,
    stage: (name: Stage) => void,
  ): Promise<Evaluation> {
    const { referee, splits, spec } = this.#parts;
    const gridKey = [binaries.champion, graphs.champion.key, queries].join(' ');
    try {
      stage('prepare');
      const costs = await this.#start(binaries, graphs);
      stage('smoke');
      const audits = auditRanges(splits, queries);
      await this.#smoke(splits[queries].probe.from, audits.before);
      stage('measure');
      const championGrid = this.#grids.get(gridKey);
      const prior = this.#noise.prior();
      const result = await compareLive(referee, {
        split: splits[queries],
        random: seededRandom(spec.seed, 'order', ++this.#measurements),
        restart: async () => {
          await this.#stop();
          await this.#start(binaries, graphs);
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
      return { outcome: this.#outcomeOf(error.failure, 'measure') };
    } finally {
      await this.#stop();
    }
  }

  async #stop(): Promise<void> {
    for (const player of ['challenger', 'champion']) await this.#parts.referee.ask('stopped', { op: 'stop', player });
  }

  /** Starts both players; returns what each index costs, checked against the caps. */
  async #start(
    binaries: Record<Side, string>,
    graphs: Record<Side, { key: string; record: BuildRecord }>,
  ): Promise<Record<Side, IndexCost>> {
    const { referee, spec, filters, graphs: cache } = this.#parts;
    const started = await withStageFolder(false, async (folder) => {
      // Who comes first finds other memory free than who comes second.
      const names: readonly Side[] = this.#startOrder() < 0.5 ? ['champion', 'challenger'] : ['challenger', 'champion'];
      const players = await Promise.all(
        names.map(async (name) => ({
          name,
          argv: await serveCommand({ folder: join(folder, name), binary: binaries[name], spec, filters }),
          graph: cache.graphPath(graphs[name].key),
          lock: !this.#unlocked.has(binaries[name]),
        })),
      );
      return referee.ask('started', { op: 'start', players, limitSeconds: this.#limits.prepareSeconds });
    });
    if (started.kind === 'failed') throw new HarnessError(`players could not be started: ${started.detail}`);
    const costs = new Map<string, IndexCost>();
    for (const { player, prepareSeconds, indexBytes, peakBytes, failure } of started.players) {
      const side = player as Side;
      if (failure && side === 'champion') throw new PlayerEnded(side, failure);
      if (failure) throw new Failed(this.#outcomeOf(failure, 'prepare'));
      const { record } = graphs[side];
      costs.set(side, {
        buildSeconds: record.seconds,
        prepareSeconds: prepareSeconds!,
        indexBytes: indexBytes!,
        peakBytes: peakBytes!,
        buildPeakBytes: record.peakBytes,
      });
    }
    const seed = this.#parts.seedCost();
    const used = costs.get('challenger')!.indexBytes;
    const limit = (seed?.indexBytes ?? Number.POSITIVE_INFINITY) * spec.indexFactor;
    if (used > limit) throw new Failed({ kind: 'over-limit', stage: 'prepare', resource: 'index-bytes', limit, used });
    return { challenger: costs.get('challenger')!, champion: costs.get('champion')! };
  }

  /** A few queries at several efforts: what hangs, crashes or answers nonsense is found before it costs a measurement. */
  async #smoke(from: number, audited: AuditRanges): Promise<void> {
    const { referee } = this.#parts;
    const limit = this.#limits.smokeSeconds;
    try {
      for (const effort of smokeEfforts) {
        await runBatches(referee, [{ player: 'challenger', effort, from, count: smokeQueries }], limit);
      }
      await audit(referee, 'challenger', audited, limit);
    } catch (error) {
      if (error instanceof PlayerEnded) throw new Failed(this.#outcomeOf(error.failure, 'smoke'));
      throw error;
    }
  }

  #outcomeOf(failure: PlayerFailure, stage: Stage): Outcome {
    const limit = this.#parts.spec.memoryMebibytes * 2 ** 20;
    switch (failure.how) {
      case 'crashed':
        return { kind: 'crashed', stage, signal: failure.signal, stderr: failure.detail.slice(-4000) };
      case 'timed-out':
        return { kind: 'timed-out', stage, limitSeconds: failure.limitSeconds };
      case 'out-of-memory':
        return { kind: 'over-limit', stage, resource: 'memory', limit, used: limit };
      case 'tampered':
        return { kind: 'tampered', stage, rule: failure.signal, detail: failure.detail };
    }
  }
}
