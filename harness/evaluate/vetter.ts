import { join } from 'node:path';
import { execa } from 'execa';
import type { Candidate } from '../core/candidate.ts';
import { HarnessError, MachineError } from '../core/errors.ts';
import type { Index, Portability, Vetting } from '../core/evaluation.ts';
import type { Outcome } from '../core/outcome.ts';
import type { CampaignSpec } from '../core/spec.ts';
import type { Metric, Slot } from '../core/target.ts';
import type { CompileJob, CompileResult, GraphProgram } from './compile.ts';
import type { CompileLanes } from './lanes.ts';
import { playerCommand } from './player-command.ts';
import { sanitizedOutcome } from './sanitizer-report.ts';
import { withStageFolder } from './stage-folder.ts';
import { hashOf, type Toolchain } from './toolchain.ts';
import { sampleVectors } from './vector-sample.ts';

export interface VetterParts {
  readonly spec: CampaignSpec;
  readonly metric: Metric;
  readonly threads: number;
  readonly toolchain: Toolchain;
  /** Names this CPU's instruction sets, contract and player, for cache keys. */
  readonly machineKey: string;
  readonly support: Readonly<Record<string, string>>;
  readonly cacheDir: string;
  readonly lanes: CompileLanes;
  /** Prepared vector files, of which the first rows are used. */
  readonly basePath: string;
  readonly queriesPath: string;
}

/** Rows of the sample: a multiple of 64, so that the file ends where a page does and a step past its end is seen. */
const sampleRows = 2048;
const sampleQueries = 48;
/** Those of the smoke stage. */
const efforts = [1, 24, 200];
const limitSeconds = 60;

type Sanitizer = 'address' | 'thread';
const sanitizerFlags: Record<Sanitizer, readonly string[]> = {
  address: ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  thread: ['-O1', '-g', '-fsanitize=thread'],
};
const slotsOf: Record<GraphProgram, readonly Slot[]> = {
  build: ['construction'],
  serve: ['search', 'refinement'],
  vet: ['search', 'refinement'],
};

/**
 * Looks at what timing does not show: memory errors, undefined behaviour and data races on a small part of the data, and
 * whether the header compiles for other machines. Some ten seconds a candidate, so meant for those that look accepted.
 */
export class Vetter {
  readonly #parts: VetterParts;

  constructor(parts: VetterParts) {
    this.#parts = parts;
  }

  /** @throws HarnessError where the index's construction fails and is not the header under test */
  async vet(index: Index, changed: Candidate): Promise<Vetting> {
    const outcome = await withStageFolder(false, (folder) => this.#sanitize(folder, index, changed));
    if (outcome) return { outcome };
    if (process.arch !== 'x64') return {};
    return { portable: await this.#portability(index, changed.slot === 'construction' ? 'build' : 'serve') };
  }

  async #sanitize(folder: string, index: Index, changed: Candidate): Promise<Outcome | undefined> {
    const { basePath, queriesPath, spec, threads } = this.#parts;
    await sampleVectors(basePath, sampleRows, join(folder, 'base'));
    await sampleVectors(queriesPath, sampleQueries, join(folder, 'queries'));
    const build = (sanitizer: Sanitizer, granted: number) =>
      this.#run(folder, index, 'build', sanitizer, [spec.maxDegree, granted, spec.seed]);
    const built = await build('address', threads);
    // On one thread there is nothing to race with.
    if (changed.slot === 'construction') return built ?? build('thread', Math.max(2, threads));
    if (built) throw new HarnessError(`the champion of construction fails under sanitizers: ${JSON.stringify(built)}`);
    return this.#run(folder, index, 'vet', 'address', [spec.k, ...efforts]);
  }

  /** Runs a sanitized player on the sample in `folder`; builders leave their graph there. */
  async #run(
    folder: string,
    index: Index,
    program: GraphProgram,
    sanitizer: Sanitizer,
    args: readonly number[],
  ): Promise<Outcome | undefined> {
    const { spec, threads, lanes } = this.#parts;
    const job = this.#job(index, program, sanitizer, sanitizerFlags[sanitizer], true);
    const compiled = await lanes.compile(job);
    if (compiled.kind !== 'compiled') return requireRuntime(compiled);
    const limits = {
      // Sanitizers reserve terabytes of address space; what is resident they watch themselves.
      addressSpaceBytes: Number.POSITIVE_INFINITY,
      processes: 64,
      fileBytes: 256 * 2 ** 20,
      cpuSeconds: limitSeconds * (threads + 2),
      temporaryBytes: 16 * 2 ** 20,
    };
    const options = `detect_leaks=0:halt_on_error=1:hard_rss_limit_mb=${spec.memoryMebibytes}`;
    const launch = [
      ...(await withoutRandomLayout()),
      '/usr/bin/env',
      `ASAN_OPTIONS=${options}`,
      `TSAN_OPTIONS=${options}`,
    ];
    const command = await playerCommand({
      folder: join(folder, `${program}-${sanitizer}`),
      binary: job.binary,
      spec,
      limits,
      launch,
      args: args.map(String),
    });
    // The descriptors that players expect: base, graph, and queries in place of the channel.
    const ran = await execa('sh', ['-c', 'exec "$@" 3<base 4<>graph 5<queries', 'sh', ...command], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
      extendEnv: false,
      reject: false,
      timeout: limitSeconds * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 4 * 2 ** 20,
      stdin: 'ignore',
      stdout: 'ignore',
    });
    return sanitizedOutcome({
      exitCode: ran.exitCode,
      signal: ran.signal,
      timedOut: ran.timedOut,
      stderr: ran.stderr ?? '',
      limitSeconds,
      memoryBytes: spec.memoryMebibytes * 2 ** 20,
    });
  }

  /** To objects, not `-fsyntax-only`: instructions that a machine lacks are found where functions are inlined. */
  async #portability(index: Index, program: 'build' | 'serve'): Promise<Portability> {
    const compileFor = (name: string, machine: string) =>
      this.#parts.lanes.compile(this.#job(index, program, name, ['-O3', `-march=${machine}`, '-c'], false));
    const [v3, baseline] = await Promise.all([compileFor('v3', 'x86-64-v3'), compileFor('baseline', 'x86-64')]);
    const diagnostics = [v3, baseline].map(complaintOf).filter((text) => text !== '');
    return { v3: v3.kind === 'compiled', baseline: baseline.kind === 'compiled', diagnostics: diagnostics.join('\n') };
  }

  #job(index: Index, program: GraphProgram, kind: string, own: readonly string[], native: boolean): CompileJob {
    const { metric, toolchain, machineKey, support, cacheDir, spec } = this.#parts;
    const headers = Object.fromEntries(slotsOf[program].map((slot) => [slot, index[slot].source]));
    const kept = toolchain.flags.filter((flag) => !flag.startsWith('-O') && (native || !flag.startsWith('-march')));
    const flags = [...kept, ...own];
    const key = hashOf(machineKey, program, metric, ...flags, ...Object.values(headers)).slice(0, 32);
    return {
      program,
      headers,
      support,
      metric,
      toolchain: { ...toolchain, flags },
      sandbox: spec.sandbox === 'bubblewrap',
      binary: join(cacheDir, 'binaries', `${program}-${kind}-${key}`),
    };
  }
}

type Failure = Exclude<CompileResult, { kind: 'compiled' }>;

/** @throws MachineError where it is the compiler's own runtime that is missing */
function requireRuntime(failure: Failure): Failure {
  if (failure.kind === 'compile-error' && /cannot find .*(?:asan|tsan|ubsan)/.test(failure.diagnostics)) {
    throw new MachineError(
      'the sanitizers of the compiler are missing',
      'apt-get install -y libasan8 libubsan1 libtsan2   (as root)',
    );
  }
  return failure;
}

function complaintOf(result: CompileResult): string {
  if (result.kind === 'compiled') return '';
  return result.kind === 'compile-error' ? result.diagnostics : JSON.stringify(result);
}

/** ThreadSanitizer does not start where the kernel spreads mappings widely, unless told not to; containers may forbid that. */
async function withoutRandomLayout(): Promise<string[]> {
  const { exitCode } = await execa('setarch', ['-R', 'true'], { reject: false });
  return exitCode === 0 ? ['/usr/bin/setarch', '-R'] : [];
}
