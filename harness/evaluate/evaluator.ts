import { join } from 'node:path';
import type { Candidate } from '../core/candidate.ts';
import { HarnessError } from '../core/errors.ts';
import type { Evaluation, EvaluationOptions, Evaluator, Index } from '../core/evaluation.ts';
import type { IndexCost, Interval, Outcome, Stage, Verdict } from '../core/outcome.ts';
import { seededRandom } from '../core/random.ts';
import type { CampaignSpec } from '../core/spec.ts';
import type { Metric } from '../core/target.ts';
import { type AuditRanges, audit, auditRanges } from './audit.ts';
import { isBaseline } from './baselines.ts';
import { checkSource } from './check.ts';
import type { CompileJob, CompileResult } from './compile.ts';
import type { BuildRecord, GraphCache } from './graph-cache.ts';
import type { CompileLanes } from './lanes.ts';
import { compareLive, PlayerEnded, runBatches, type Side } from './measure.ts';
import { buildCommand, serveCommand } from './player-command.ts';
import type { PlayerFailure } from './protocol.ts';
import type { Referee } from './referee.ts';
import type { QuerySplits } from './splits.ts';
import { withStageFolder } from './stage-folder.ts';
import type { SystemCallFilters } from './system-call-filters.ts';
import { hashOf, type Toolchain } from './toolchain.ts';

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
  /** The seed's cost, once known: caps are relative to it. */
  readonly seedCost: () => IndexCost | undefined;
  /** The static rules; the walls behind them are tested without. */
  readonly check?: typeof checkSource;
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

const defaultLimits: TimeLimits = { prepareSeconds: 30, smokeSeconds: 10 };
const smokeEfforts = [1, 24, 200];
const smokeQueries = 32;

/** The graph target's evaluator: check, compile, build, prepare, smoke, measure. */
export class GraphEvaluator implements Evaluator {
  readonly #parts: EvaluatorParts;
  /** Efforts that suited an index before, by the binary and graph that made it. */
  readonly #grids = new Map<string, readonly number[]>();

  /** Binaries whose players may change their memory while they answer. */
  readonly #unlocked = new Set<string>();

  /** So far; each draws an order of its own, so that none can favour a side again and again. */
  #measurements = 0;
  readonly #check: typeof checkSource;
  readonly #limits: TimeLimits;

  constructor(parts: EvaluatorParts) {
    this.#parts = parts;
    this.#check = parts.check ?? checkSource;
    this.#limits = parts.limits ?? defaultLimits;
  }

  async prepare(indexes: readonly { readonly challenger: Index; readonly changed: Candidate }[]): Promise<void> {
    await Promise.all(
      indexes.map(async ({ challenger, changed }) => {
        if (this.#check(changed.slot, changed.source)) return;
        await this.#parts.lanes.compile(
          this.#compileJob(challenger, changed.slot === 'construction' ? 'build' : 'serve'),
        );
      }),
    );
  }

  async compare(
    challenger: Index,
    champion: Index,
    changed: Candidate | undefined,
    options: EvaluationOptions,
  ): Promise<Evaluation> {
    const stage = (name: Stage) => options.onStage?.(name);
    try {
      stage('check');
      const broken = changed && this.#check(changed.slot, changed.source);
      if (broken) throw new Failed(broken);
      const sides = { challenger, champion };
      stage('compile');
      const binaries = await this.#eachSide(sides, changed, (index) => this.#serveBinary(index));
      stage('build');
      const graphs = await this.#eachSide(sides, changed, (index) => this.#graph(index));
      return await this.#measure(binaries, graphs, options);
    } catch (error) {
      if (error instanceof Failed) return { outcome: error.outcome };
      throw error;
    }
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

  #compileJob(index: Index, program: CompileJob['program']): CompileJob {
    const { metric, toolchain, machineKey, support, cacheDir, spec, filters } = this.#parts;
    const slots = program === 'build' ? (['construction'] as const) : (['search', 'refinement'] as const);
    const headers = Object.fromEntries(slots.map((slot) => [slot, index[slot].source]));
    const key = hashOf(machineKey, program, metric, ...toolchain.flags, ...Object.values(headers)).slice(0, 32);
    const binary = join(cacheDir, 'binaries', `${program}-${key}`);
    const sandbox = spec.sandbox === 'bubblewrap';
    return { program, headers, support, metric, toolchain, sandbox, filter: filters?.compiler, binary };
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
    { queries, onStage }: EvaluationOptions,
  ): Promise<Evaluation> {
    const { referee, splits, spec } = this.#parts;
    const gridKey = `${binaries.champion} ${graphs.champion.key}`;
    try {
      onStage?.('prepare');
      const costs = await this.#start(binaries, graphs);
      onStage?.('smoke');
      const audits = auditRanges(splits, queries);
      await this.#smoke(splits[queries].probe.from, audits.before);
      onStage?.('measure');
      const random = seededRandom(spec.seed, 'order', ++this.#measurements);
      const hint = this.#grids.get(gridKey);
      const result = await compareLive(referee, { split: splits[queries], random, ...(hint && { hint }) });
      if (result.kind === 'short') {
        if (result.side === 'champion')
          throw new HarnessError(`the champion's recall ends at ${result.best} on the ${queries} queries`);
        return { outcome: { kind: 'low-recall', best: result.best, required: 0.95, curve: result.curve } };
      }
      // Again, for what lies low until it has seen enough queries.
      await audit(referee, 'challenger', audits.after, this.#limits.smokeSeconds);
      this.#grids.set(
        gridKey,
        result.champion.map(({ effort }) => effort),
      );
      return {
        outcome: {
          kind: 'scored',
          verdict: verdictOf(result.speedup, spec.requiredGain),
          area: result.challengerArea,
          curve: result.challenger,
          speedup: result.speedup,
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
      for (const player of ['challenger', 'champion']) await referee.ask('stopped', { op: 'stop', player });
    }
  }

  /** Starts both players; returns what each index costs, checked against the caps. */
  async #start(
    binaries: Record<Side, string>,
    graphs: Record<Side, { key: string; record: BuildRecord }>,
  ): Promise<Record<Side, IndexCost>> {
    const { referee, spec, filters, graphs: cache } = this.#parts;
    const started = await withStageFolder(false, async (folder) => {
      const names = ['champion', 'challenger'] as const;
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
    for (const { player, prepareSeconds, indexBytes, failure } of started.players) {
      const side = player as Side;
      if (failure && side === 'champion') throw new PlayerEnded(side, failure);
      if (failure) throw new Failed(this.#outcomeOf(failure, 'prepare'));
      const { record } = graphs[side];
      costs.set(side, { buildSeconds: record.seconds, prepareSeconds: prepareSeconds!, indexBytes: indexBytes! });
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

function verdictOf(speedup: Interval, requiredGain: number): Verdict {
  if (speedup.low > 1 + requiredGain) return 'accepted';
  return speedup.high < 1 + requiredGain ? 'slower' : 'indecisive';
}
