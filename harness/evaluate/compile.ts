import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { MachineError } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Metric, Slot } from '../core/target.ts';
import { lendPrecompiled } from './precompiled.ts';
import { limited, type SandboxLimits, sandboxed } from './sandbox.ts';
import { withStageFolder } from './stage-folder.ts';
import { metricDefine, type Toolchain } from './toolchain.ts';

/** The graph target's players. */
export type GraphProgram = 'build' | 'serve' | 'vet';

/** Everything a compile needs, as a value that can cross to a worker. */
export interface CompileJob {
  /**
   * The player, by its path under candidates/player/: of the graph, `build` takes a construction header, `serve` and `vet` a search and a
   * refinement header; of a learned target, `<target>/train` takes the slots that train, `<target>/serve` those that answer.
   */
  readonly program: string;
  readonly headers: Partial<Record<Slot, string>>;
  /** Contract and player sources by relative path. */
  readonly support: Readonly<Record<string, string>>;
  readonly metric: Metric;
  readonly toolchain: Toolchain;
  /** Macros of ours, as the compiler takes them: `-DNAME`. */
  readonly defines?: readonly string[];
  /** For the linker, after the sources. */
  readonly libraries?: readonly string[];
  /** Folders of libraries outside of the system's, which the compiler must see. */
  readonly libraryFolders?: readonly string[];
  /** Whether variables may outlive a call: a training answers no queries. */
  readonly mayKeepState?: boolean;
  readonly sandbox: boolean;
  /** Folder of the precompiled contract (`precompileContract`), made with the same flags and metric. */
  readonly precompiled?: string;
  /** The compiler's system-call filter. */
  readonly filter?: string | undefined;
  /** Where the binary goes; if it is there already, nothing is compiled. */
  readonly binary: string;
}

export type CompileResult =
  | { readonly kind: 'compiled'; readonly seconds: number; readonly cached: boolean }
  | Extract<Outcome, { kind: 'compile-error' | 'timed-out' | 'over-limit' | 'rejected' }>;

/** CPU seconds of one compiler process; wall time may be more, since a busy machine is nobody's fault. */
const limitSeconds = 60;
const wallFactor = 5;
const limits: SandboxLimits = {
  addressSpaceBytes: 3 * 2 ** 30,
  processes: 64,
  fileBytes: 256 * 2 ** 20,
  cpuSeconds: limitSeconds,
  temporaryBytes: 256 * 2 ** 20,
};
const diagnosticsBytes = 6000;

/** Compiles in a sandbox, since a header can #include any file it can name, and keeps the binary. */
export async function compile(job: CompileJob): Promise<CompileResult> {
  if (existsSync(job.binary)) return { kind: 'compiled', seconds: 0, cached: true };
  return withStageFolder(true, async (folder) => {
    await writeSources(folder, job);
    // Beside the stage folder, which what is compiled may write to.
    const contract = { from: join(dirname(folder), 'lent'), to: '/lent' };
    const precompiled = job.precompiled
      ? await lendPrecompiled(job.precompiled, contract.from, job.sandbox ? contract.to : contract.from)
      : [];
    const libraries = (job.libraryFolders ?? []).map((path) => ({ from: path, to: path }));
    const lent = [...(job.precompiled ? [contract] : []), ...libraries];
    const command = [
      ...[job.toolchain.command, ...job.toolchain.flags, metricDefine(job.metric)],
      ...(job.defines ?? []),
      ...precompiled,
      ...['-I', '/w/include', '-o', '/w/player.out', `/w/include/player/${job.program}.cpp`],
      ...(job.libraries ?? []),
    ];
    const here = command.map((word) => word.replace('/w/', `${folder}/`));
    const [file, ...args] = job.sandbox
      ? sandboxed({ folder, writable: true, limits, filter: job.filter, lent }, command)
      : limited(limits, here);
    const started = performance.now();
    const compiled = await execa(file!, args, {
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
      extendEnv: false,
      reject: false,
      // Ctrl-C reaches a whole process group: a compile under way must end by itself, or it would seem to have failed.
      detached: true,
      timeout: limitSeconds * 1000 * wallFactor,
      killSignal: 'SIGKILL',
      maxBuffer: 4 * 2 ** 20,
      all: true,
    });
    const spent = compiled.timedOut || /CPU time limit exceeded/.test(compiled.all ?? '');
    if (spent) return { kind: 'timed-out', stage: 'compile', limitSeconds };
    if (compiled.code === 'ENOENT') {
      throw new MachineError(`${file} is missing`, 'apt-get install -y util-linux bubblewrap   (as root)', {
        cause: compiled.cause,
      });
    }
    const output = join(folder, 'player.out');
    if (compiled.exitCode !== 0 || !existsSync(output)) return failedCompile(compiled.all, compiled.signal ?? '');
    const state = job.mayKeepState ? undefined : await writableSymbol(output);
    if (state) {
      const detail = `"${state}" is a variable that outlives a query`;
      return { kind: 'rejected', rule: 'no-hidden-state', detail } as const;
    }
    await keep(output, job.binary);
    return { kind: 'compiled', seconds: (performance.now() - started) / 1000, cached: false };
  });
}

async function writeSources(folder: string, job: CompileJob): Promise<void> {
  const files = new Map<string, string>();
  for (const [path, text] of Object.entries(job.support)) {
    files.set(path.replace(/^contract\//, 'annvil/'), text);
  }
  for (const [slot, text] of Object.entries(job.headers)) files.set(`candidate/${slot}.hpp`, text);
  for (const [path, text] of files) {
    const target = join(folder, 'include', path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}

function failedCompile(output: string, signal: string): CompileResult {
  if (/out of memory|bad_alloc|cannot allocate memory|virtual memory exhausted/i.test(output)) {
    const limit = limits.addressSpaceBytes;
    return { kind: 'over-limit', stage: 'compile', resource: 'memory', limit, used: limit };
  }
  if (/File size limit|No space left/i.test(output)) {
    return { kind: 'over-limit', stage: 'compile', resource: 'disk', limit: limits.fileBytes, used: limits.fileBytes };
  }
  return {
    kind: 'compile-error',
    diagnostics: output.slice(0, diagnosticsBytes) || `the compiler ended with ${signal}`,
  };
}

/** A variable of the candidate's in a writable section; the static rules see only those marked `static`. */
async function writableSymbol(binary: string): Promise<string | undefined> {
  const { stdout = '' } = await execa('objdump', ['--syms', '--demangle', binary], { reject: false });
  const symbol = /\s\.(?:data|bss|tdata|tbss)\s+[0-9a-f]+\s+(?:\.hidden\s+)?(.*\bcandidate::.*)$/m.exec(stdout);
  return symbol?.[1];
}

async function keep(output: string, binary: string): Promise<void> {
  await mkdir(dirname(binary), { recursive: true });
  const unfinished = `${binary}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await copyFile(output, unfinished);
  await chmod(unfinished, 0o755);
  await rename(unfinished, binary);
}
