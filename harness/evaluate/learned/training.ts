import { closeSync, constants, openSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { HarnessError } from '../../core/errors.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { CampaignSpec } from '../../core/spec.ts';
import { playerCommand } from '../player-command.ts';
import { withStageFolder } from '../stage-folder.ts';
import type { Trainer } from './trainer.ts';
import { trainingSandbox } from './training-sandbox.ts';

/** Named values, as a training takes them: candidates/contract/learned/settings.hpp. */
export type Settings = Readonly<Record<string, string | number>>;

/** Files a training may read, by what they are; those that its target has no use for are absent. */
export interface TrainingInputs {
  /** Prepared vectors (.avec) that are indexed. */
  readonly base?: string;
  /** Prepared vectors to train on. */
  readonly queries?: string;
  /** Exact neighbours of these in base. */
  readonly neighbours?: string;
  /** The target's own: a sections file. */
  readonly extra?: string;
}

export interface TrainingJob {
  readonly binary: string;
  readonly settings: Settings;
  readonly seed: number;
  readonly inputs: TrainingInputs;
  /** CPU seconds it may take: a loaded machine rejects nobody. */
  readonly limitSeconds: number;
  readonly memoryMebibytes: number;
  /** The sections file it leaves; there only once it is whole. */
  readonly output: string;
  /**
   * Keeps what a training cut short, or one that crashed, had reached; absent: it begins anew. One that came to its limit leaves none, or the next
   * would go on from there with as much again.
   */
  readonly checkpoint?: string;
  readonly sandbox: CampaignSpec['sandbox'];
  readonly filter: string | undefined;
  readonly libtorch: Trainer;
  readonly onProgress?: (done: number, total: number, loss: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export type TrainingResult =
  /** `seconds` counts from where it began, or last went on from its checkpoint. */
  | { readonly kind: 'trained'; readonly seconds: number; readonly bytes: number }
  | Extract<Outcome, { kind: 'crashed' | 'timed-out' | 'over-limit' }>;

/** As candidates/player/learned/train_main.hpp numbers what it inherits: base 3, output 4, queries 5, neighbours 6, extra 7, checkpoint 8. */
type Descriptors = readonly [
  base: number,
  output: number,
  queries: number,
  neighbours: number,
  extra: number,
  checkpoint: number,
];

const outOfMemoryStatus = 77;
const cpuTimeStatus = 128 + 24;
const largestOutputBytes = 4 * 2 ** 30;
/** A training that sleeps is ended too, but far later than one that only had to share its core. */
const wallFactor = 12;
/** Node's timers take 25 days; one that is asked for more fires at once. */
const longestTimer = 2 ** 31 - 1;

/** Milliseconds by the clock after which a training is ended; 0, never, where no timer lasts that long and the limit on processor time is all there is. */
export function wallLimit(cpuSeconds: number): number {
  const milliseconds = cpuSeconds * 1000 * wallFactor;
  return milliseconds > longestTimer ? 0 : milliseconds;
}

/** Trains in a sandbox. What goes wrong with the candidate is a value. @throws the signal's reason; HarnessError, where it is ours */
export async function train(job: TrainingJob): Promise<TrainingResult> {
  await mkdir(dirname(job.output), { recursive: true });
  const unfinished = `${job.output}.${process.pid}`;
  const opened: number[] = [];
  const openAs = (path: string | undefined, flags: string) => {
    const file = openSync(path ?? '/dev/null', flags);
    opened.push(file);
    return file;
  };
  try {
    const { base, queries, neighbours, extra } = job.inputs;
    // On a GPU, a copy without a name: trainingSandbox says why.
    const openInput = async (path: string | undefined) => {
      if (!path || !job.libtorch.gpu) return openAs(path, 'r');
      const copy = `${unfinished}.input`;
      await copyFile(path, copy, constants.COPYFILE_FICLONE);
      const file = openAs(copy, 'r');
      await rm(copy);
      return file;
    };
    const descriptors: Descriptors = [
      await openInput(base),
      openAs(unfinished, 'w+'),
      await openInput(queries),
      await openInput(neighbours),
      await openInput(extra),
      openAs(job.checkpoint && (await touched(job.checkpoint)), 'r+'),
    ];
    const started = performance.now();
    const failure = await withStageFolder(false, (folder) => run(job, folder, descriptors));
    const { size } = await stat(unfinished);
    if (!failure) await rename(unfinished, job.output);
    if (job.checkpoint && failure?.kind !== 'crashed') await rm(job.checkpoint, { force: true });
    return failure ?? { kind: 'trained', seconds: (performance.now() - started) / 1000, bytes: size };
  } finally {
    for (const file of opened) closeSync(file);
    for (const left of [unfinished, `${unfinished}.input`]) await rm(left, { force: true });
  }
}

/** The path of a checkpoint, which is there from now on. */
async function touched(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a+'));
  return path;
}

async function run(
  { binary, settings, seed, sandbox, filter, libtorch, limitSeconds, memoryMebibytes, onProgress, signal }: TrainingJob,
  folder: string,
  descriptors: Descriptors,
): Promise<Exclude<TrainingResult, { kind: 'trained' }> | undefined> {
  const { limits, lent, devices, environment } = trainingSandbox(libtorch, memoryMebibytes * 2 ** 20);
  const command = await playerCommand({
    folder,
    binary,
    spec: { sandbox },
    filter,
    limits: {
      ...limits,
      processes: 64,
      fileBytes: largestOutputBytes,
      cpuSeconds: limitSeconds,
      temporaryBytes: 16 * 2 ** 20,
    },
    lent,
    devices,
    // Two threads of a matrix product on two busy cores are slower than one, by far.
    launch: ['/usr/bin/env', 'OPENBLAS_NUM_THREADS=1', 'OMP_NUM_THREADS=1', ...environment],
    args: [`seed=${seed}`, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)],
  });
  const [file, ...args] = command;
  // Descriptors by number pass as they are; the library's types know of that for the first three only.
  const inherited = descriptors as readonly unknown[] as readonly 'inherit'[];
  const running = execa(file!, args, {
    stdio: ['ignore', 'pipe', 'pipe', ...inherited],
    buffer: { stdout: false, stderr: true },
    maxBuffer: 2 ** 20,
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    extendEnv: false,
    reject: false,
    // Ctrl-C reaches a whole process group: what is under way must end by itself, or a training would seem to have crashed.
    detached: true,
    timeout: wallLimit(limitSeconds),
    killSignal: 'SIGKILL',
    ...(signal && { cancelSignal: signal }),
  });
  createInterface({ input: running.stdout! }).on('line', (line) => {
    const said = /^progress (\d+) (\d+) (\S+)$/.exec(line);
    if (said) onProgress?.(Number(said[1]), Number(said[2]), Number(said[3]));
  });
  const { exitCode, signal: killer, timedOut, stderr = '', code, isCanceled } = await running;
  if (isCanceled) throw signal!.reason;
  if (code === 'ENOENT') throw new HarnessError(`${file} is missing; \`annvil doctor\` says how to install it`);
  if (exitCode === 0) return undefined;
  if (timedOut || exitCode === cpuTimeStatus || killer === 'SIGXCPU')
    return { kind: 'timed-out', stage: 'train', limitSeconds };
  if (exitCode === outOfMemoryStatus) {
    const limit = memoryMebibytes * 2 ** 20;
    return { kind: 'over-limit', stage: 'train', resource: 'memory', limit, used: limit };
  }
  const how = killer ?? (exitCode! > 128 ? `signal ${exitCode! - 128}` : `exit status ${exitCode}`);
  return { kind: 'crashed', stage: 'train', signal: how, stderr: stderr.slice(-4000) };
}
