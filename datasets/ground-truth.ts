import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { HarnessError } from '../harness/core/errors.ts';
import { asDiskError, makeFolder } from './disk.ts';
import { type PreparedDataset, truthK } from './prepared.ts';
import { isGroundTruth } from './truth-file.ts';

export interface GroundTruthOptions {
  /** candidates/referee/truth.cpp, compiled. */
  readonly binary: string;
  /** Queries' worth of work. Not called where the truth is in the cache. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * The path of the dataset's exact neighbours, computed on all cores unless the cache has them.
 * @throws MachineError where there is no room; HarnessError where the program fails; the signal's reason where it is aborted
 */
export async function ensureGroundTruth(prepared: PreparedDataset, options: GroundTruthOptions): Promise<string> {
  options.signal?.throwIfAborted();
  const { basePath, queriesPath, truthPath } = prepared;
  if (await isGroundTruth(prepared)) return truthPath;
  await exactNeighbours({ ...options, basePath, queriesPath, outPath: truthPath, k: truthK });
  if (await isGroundTruth(prepared)) return truthPath;
  throw new HarnessError(`the ground truth of ${prepared.name} that ${options.binary} wrote is not whole`);
}

/**
 * Writes the exact k nearest base rows of each query, both prepared vector files, computed on all cores.
 * @throws MachineError where there is no room; HarnessError where the program fails; the signal's reason where it is aborted
 */
export async function exactNeighbours({
  binary,
  basePath,
  queriesPath,
  outPath,
  k,
  onProgress,
  signal,
}: GroundTruthOptions & {
  readonly basePath: string;
  readonly queriesPath: string;
  readonly outPath: string;
  readonly k: number;
}): Promise<void> {
  await makeFolder(dirname(outPath));
  const running = execa(binary, [basePath, queriesPath, outPath, String(k)], {
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  const messages: string[] = [];
  const lines = running.stderr ? createInterface({ input: running.stderr }) : undefined;
  lines?.on('line', (line) => {
    const progress = /^progress (\d+) (\d+)$/.exec(line);
    if (progress) onProgress(Number(progress[1]), Number(progress[2]));
    else messages.push(line);
  });
  const { failed, exitCode, signal: killer } = await running;
  if (!failed) return;
  // Killed in the middle of writing, it leaves its temporary file.
  if (running.pid !== undefined) await rm(`${outPath}.${running.pid}`, { force: true });
  signal?.throwIfAborted();
  const message = messages.join('\n');
  if (message.includes('No space left on device')) throw asDiskError({ code: 'ENOSPC' }, outPath);
  const ending = killer ? `killed by ${killer}` : `exit code ${exitCode ?? 'unknown'}`;
  throw new HarnessError(
    `the exact neighbours for ${outPath} could not be computed by ${binary} (${ending}): ${message}`,
  );
}
