import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Candidate } from '../../core/candidate.ts';
import type { QuerySet } from '../../core/evaluation.ts';
import type { LimitedResource } from '../../core/outcome.ts';
import type { CampaignSpec } from '../../core/spec.ts';
import type { Metric } from '../../core/target.ts';
import { Turnstile } from '../../core/turnstile.ts';
import type { CompileJob } from '../compile.ts';
import { Failed, outcomeOf } from '../failed.ts';
import type { CompileLanes } from '../lanes.ts';
import { playerCommand } from '../player-command.ts';
import { withStageFolder } from '../stage-folder.ts';
import type { SystemCallFilters } from '../system-call-filters.ts';
import { hashOf, type Toolchain } from '../toolchain.ts';
import { type Examination, examine } from './examination.ts';
import type { LearnedCase, LearnedTarget } from './learned-target.ts';
import type { LibTorch } from './libtorch.ts';
import type { Trainer } from './trainer.ts';
import { train } from './training.ts';

/** The headers of a learned index, by slot. */
export type Headers = Readonly<Record<string, Candidate>>;

export interface TrainedIndexParts {
  readonly target: LearnedTarget;
  readonly sandbox: CampaignSpec['sandbox'];
  readonly metric: Metric;
  readonly toolchain: Toolchain;
  readonly libtorch: Trainer;
  /** Names compiler, this CPU's instruction sets, contract and players, for cache keys. */
  readonly machineKey: string;
  readonly support: Readonly<Record<string, string>>;
  readonly cacheDir: string;
  readonly lanes: CompileLanes;
  readonly filters: SystemCallFilters | undefined;
  /** Precompiled LibTorch and contract. */
  readonly precompiled: string | undefined;
  /** candidates/referee/<target>/examine.cpp, compiled. */
  readonly examineBinary: string;
  readonly onTraining?: (what: string, done: number, total: number, loss: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A trusted program that trains and examines one baseline. */
export interface BaselineProgram {
  /** Its examinations carry it in the cache. */
  readonly name: string;
  readonly binary: string;
}

/**
 * Makes, trains and examines learned indexes, each from the cache where it was made before: all of it is deterministic, but trainings on a GPU, whose
 * sums come in no fixed order. Of those the first stands.
 */
export class TrainedIndexMaker {
  readonly #parts: TrainedIndexParts;
  /** One training a core: a second thread would slow both. */
  readonly #turnstile = new Turnstile(availableParallelism());
  /** By cache path: two that ask for the same wait for one. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** By cache path: what failed once here is not paid for again. */
  readonly #failed = new Map<string, Failed>();

  constructor(parts: TrainedIndexParts) {
    this.#parts = parts;
  }

  /** Compiles both programs of an index. @throws Failed */
  async compile(headers: Headers): Promise<{ readonly train: string; readonly serve: string }> {
    const [train, serve] = await Promise.all([this.#compiled(headers, 'train'), this.#compiled(headers, 'serve')]);
    return { train, serve };
  }

  /** The path of the trained index of a case. @throws Failed */
  async trained(headers: Headers, learned: LearnedCase, seed: number): Promise<string> {
    const { target, cacheDir, sandbox, filters, libtorch, onTraining, signal } = this.#parts;
    const { train: binary } = await this.compile(headers);
    const settings = libtorch.gpu ? { ...learned.settings, device: 'cuda' } : learned.settings;
    const key = hashOf(binary, learned.inputsHash, JSON.stringify(settings), String(seed)).slice(0, 32);
    const output = join(cacheDir, 'learned', target.name, `${key}.sections`);
    // Written last: where it is, the sections file is whole, and there.
    await this.#once(`${output}.json`, () =>
      this.#turnstile.through(async () => {
        const result = await train({
          binary,
          settings,
          seed,
          inputs: learned.inputs,
          limitSeconds: learned.limitSeconds,
          memoryMebibytes: learned.memoryMebibytes,
          output,
          checkpoint: join(cacheDir, 'learned', target.name, `${key}.checkpoint`),
          sandbox,
          filter: libtorch.gpu ? filters?.gpu : filters?.builder,
          libtorch,
          signal,
          onProgress: (done, total, loss) => onTraining?.(`${learned.name}, seed ${seed}`, done, total, loss),
        });
        if (result.kind !== 'trained') throw new Failed(result);
        await writeWhole(`${output}.json`, { seconds: result.seconds, bytes: result.bytes });
      }),
    );
    return output;
  }

  /** Trains, if need be, and examines. @throws Failed */
  async examined(headers: Headers, learned: LearnedCase, seed: number, queries: QuerySet): Promise<Examination> {
    const { serve } = await this.compile(headers);
    const index = await this.trained(headers, learned, seed);
    const request = learned.examination(queries);
    const key = hashOf(serve, index, this.#parts.examineBinary, JSON.stringify(request));
    const made = await this.#cached(key, () => this.#examine(serve, index, request));
    const { seconds } = JSON.parse(await readFile(`${index}.json`, 'utf8')) as { seconds: number };
    return { ...made, facts: { ...made.facts, trainSeconds: seconds } };
  }

  /** What the target's baseline reaches. @throws Failed where it cannot be examined, which is ours */
  baseline(learned: LearnedCase, seed: number, queries: QuerySet): Promise<Examination> {
    return this.trusted(learned.baseline(queries, seed));
  }

  /** A request to the examining program, or to a baseline's own, that concerns no candidate. */
  trusted(request: object, baseline?: BaselineProgram): Promise<Examination> {
    const binary = baseline?.binary ?? this.#parts.examineBinary;
    const key = hashOf(binary, JSON.stringify(request));
    return this.#cached(key, () => this.#examination(request, binary), baseline && `${baseline.name}-`);
  }

  async #examine(serve: string, index: string, request: object): Promise<Examination> {
    const { sandbox, filters } = this.#parts;
    return withStageFolder(false, async (folder) => {
      const argv = await playerCommand({
        folder,
        binary: serve,
        spec: { sandbox },
        filter: filters?.searcher,
        args: [],
        // After the trained index and the socket.
        infoDescriptor: 5,
        limits: {
          addressSpaceBytes: 4 * 2 ** 30,
          processes: 1,
          fileBytes: 2 ** 20,
          cpuSeconds: 1200,
          temporaryBytes: 2 ** 20,
        },
      });
      return this.#examination({ ...request, index, argv }, this.#parts.examineBinary);
    });
  }

  async #examination(request: object, binary: string): Promise<Examination> {
    const { signal } = this.#parts;
    const answer = await this.#turnstile.through(() => examine(binary, request, { signal }));
    if (answer.kind === 'examined') return answer;
    if (answer.kind === 'failed') throw new Failed(outcomeOf(answer, 'examine', 4096));
    const { limit, used } = answer;
    throw new Failed({
      kind: 'over-limit',
      stage: 'examine',
      resource: answer.resource as LimitedResource,
      limit,
      used,
    });
  }

  async #cached(key: string, make: () => Promise<Examination>, prefix = ''): Promise<Examination> {
    const path = join(this.#parts.cacheDir, 'learned', 'examinations', `${prefix}${key.slice(0, 32)}.json`);
    await this.#once(path, async () => writeWhole(path, await make()));
    return JSON.parse(await readFile(path, 'utf8')) as Examination;
  }

  /** Makes `path` unless it is there, or is being made. @throws Failed, also where an earlier `make` did */
  async #once(path: string, make: () => Promise<void>): Promise<void> {
    const underWay = this.#underWay.get(path);
    if (underWay) {
      await underWay;
      return;
    }
    if (existsSync(path)) return;
    const failed = this.#failed.get(path);
    if (failed) throw failed;
    const making = make()
      .catch((error) => {
        if (error instanceof Failed) this.#failed.set(path, error);
        throw error;
      })
      .finally(() => this.#underWay.delete(path));
    this.#underWay.set(path, making);
    await making;
  }

  async #compiled(headers: Headers, program: 'train' | 'serve'): Promise<string> {
    const job = this.#job(headers, program);
    const result = await this.#parts.lanes.compile(job);
    if (result.kind !== 'compiled') throw new Failed(result);
    return job.binary;
  }

  #job(headers: Headers, program: 'train' | 'serve'): CompileJob {
    const { target, metric, toolchain, libtorch, machineKey, support, cacheDir, sandbox, filters, precompiled } =
      this.#parts;
    const trains = program === 'train';
    const own = Object.fromEntries(
      (trains ? target.trains : target.serves).map((slot) => [slot, headers[slot]!.source]),
    );
    const flags = trains ? trainingFlags(toolchain, libtorch) : toolchain.flags;
    const libraries = trains ? [...target.libraries, ...libtorch.libraries] : [];
    const built = [machineKey, target.name, program, metric, ...flags, ...libraries, libtorch.version];
    const key = hashOf(...built, ...Object.values(own)).slice(0, 32);
    return {
      program: `${target.name}/${program}`,
      headers: own,
      support,
      metric,
      toolchain: { ...toolchain, flags },
      libraries,
      libraryFolders: libtorch.folders,
      mayKeepState: trains,
      sandbox: sandbox === 'bubblewrap',
      filter: filters?.compiler,
      binary: join(cacheDir, 'binaries', `${target.name}-${program}-${key}`),
      ...(trains && precompiled && { precompiled }),
    };
  }
}

/** A file is there whole or not at all, whoever is killed and however many write it. */
async function writeWhole(path: string, value: object): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(unfinished, JSON.stringify(value));
  await rename(unfinished, path);
}

/** Training spends its time in LibTorch's kernels, and the compiler in LibTorch's headers: -O2 halves its time and costs nothing. */
export function trainingFlags(toolchain: Toolchain, libtorch: LibTorch): readonly string[] {
  return [...toolchain.flags.map((flag) => (flag === '-O3' ? '-O2' : flag)), ...libtorch.flags];
}
