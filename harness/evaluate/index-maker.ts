import { join } from 'node:path';
import type { Index } from '../core/evaluation.ts';
import type { GraphCost } from '../core/outcome.ts';
import type { CampaignSpec } from '../core/spec.ts';
import type { Metric } from '../core/target.ts';
import { isBaseline } from './baselines.ts';
import type { CompileJob, CompileResult, GraphProgram } from './compile.ts';
import { Failed, outcomeOf } from './failed.ts';
import type { BuildRecord, GraphCache } from './graph-cache.ts';
import type { CompileLanes } from './lanes.ts';
import { buildCommand } from './player-command.ts';
import type { Referee } from './referee.ts';
import { withStageFolder } from './stage-folder.ts';
import type { SystemCallFilters } from './system-call-filters.ts';
import { hashOf, type Toolchain } from './toolchain.ts';

export interface MakerParts {
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
  /** The seed's cost, once known: the cap on build time is relative to it. */
  readonly seedCost: () => GraphCost | undefined;
  /** Folder of the precompiled contract, where there is one. */
  readonly precompiled?: string | undefined;
}

export interface BuiltGraph {
  readonly key: string;
  readonly record: BuildRecord;
}

/** Makes an index' players and graph from its headers, each from the cache where it was made before. */
export class IndexMaker {
  readonly #parts: MakerParts;
  /** Binaries whose players may change their memory while they answer. */
  readonly #unlocked = new Set<string>();
  /** Wall seconds that the compiler took ahead of time for a binary. */
  readonly #compileSeconds = new Map<string, number>();

  constructor(parts: MakerParts) {
    this.#parts = parts;
  }

  /** Compiles the player that a change of `slot` changes, ahead of time; what is wrong with it comes out later. */
  async compileAhead(index: Index, program: GraphProgram): Promise<void> {
    const job = this.#compileJob(index, program);
    const result = await this.#parts.lanes.compile(job);
    if (result.kind === 'compiled' && !result.cached) this.#compileSeconds.set(job.binary, result.seconds);
  }

  /** @throws Failed */
  async serveBinary(index: Index): Promise<string> {
    const binary = await this.binary(index, 'serve');
    if (await isBaseline(index.search.source)) this.#unlocked.add(binary);
    return binary;
  }

  /** @throws Failed */
  binary(index: Index, program: GraphProgram, defines: readonly string[] = []): Promise<string> {
    return this.#compiled(this.#compileJob(index, program, defines));
  }

  /** Whether the player must not change its memory while it answers. */
  isLocked(binary: string): boolean {
    return !this.#unlocked.has(binary);
  }

  /** What the compiler took for it ahead of time; 0 where it was in the cache. */
  compileSeconds(index: Index, program: GraphProgram): number {
    return this.#compileSeconds.get(this.#compileJob(index, program).binary) ?? 0;
  }

  #compileJob(index: Index, program: GraphProgram, defines: readonly string[] = []): CompileJob {
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

  /** The index's graph, built unless it is in the cache. @throws Failed */
  async graph(index: Index): Promise<BuiltGraph> {
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
      throw new Failed(outcomeOf(answer, 'build', spec.memoryMebibytes));
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
}
