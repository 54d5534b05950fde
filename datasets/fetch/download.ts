import { open, rename, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MachineError } from '../../harness/core/errors.ts';
import { makeFolder } from '../disk.ts';
import { type Digests, digestsOf, type Expected, matches, wrongContent } from './digests.ts';
import { Discarded, Interrupted } from './failures.ts';
import type { Network } from './network.ts';
import { Part } from './part.ts';
import { fetchPiece } from './piece.ts';

export interface DownloadOptions {
  readonly network: Network;
  readonly url: string;
  /** The file to make; its part lies beside it until all is there. */
  readonly path: string;
  /** Of a longer file, only the first so many bytes. */
  readonly firstBytes?: number | undefined;
  /** What the bytes must be, where it is known. */
  readonly expected?: Expected | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (have: number, total: number | undefined) => void;
  /** Said once each: interruptions, and what is done about them. */
  readonly onNote: (note: string) => void;
  readonly patience?: Patience | undefined;
}

/** How long to wait and how often to ask again. */
export interface Patience {
  readonly stallMs: number;
  /** Tries in a row that bring nothing. */
  readonly tries: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const defaultPatience: Patience = { stallMs: 30_000, tries: 6, firstPauseMs: 1000, longestPauseMs: 60_000 };

/**
 * Downloads a file whole, going on where an earlier run stopped. It gets its name once it is complete, on disk, and what was expected.
 * @returns SHA-256 (hex) and size
 * @throws UsageError where the file is not there, or is another than expected; MachineError where network or disk fail; the signal's
 * reason where it is aborted, which leaves the part to go on with
 */
export async function download(options: DownloadOptions): Promise<{ sha256: string; bytes: number }> {
  const { path, expected } = options;
  await makeFolder(dirname(path));
  const there = (await stat(path).catch(() => undefined)) ? await digestsOf(path) : undefined;
  if (there && (!expected || matches(there, expected))) return there;
  const part = new Part(path);
  const resumed = (await part.resume(options.url)) !== undefined;
  let found = await receive(options, part);
  if (expected && !matches(found, expected) && resumed) {
    options.onNote('what was there from before does not belong to it; beginning anew');
    await part.discard();
    found = await receive(options, part);
  }
  if (expected && !matches(found, expected)) {
    await part.discard();
    throw wrongContent(options.url, found, expected);
  }
  await rename(part.path, path);
  await part.forget();
  await syncFolder(dirname(path));
  return found;
}

/** Brings all of the file into its part, which is read back: a disk may take fewer bytes than it said. */
async function receive(options: DownloadOptions, part: Part): Promise<Digests> {
  const bytes = await collect(options, part);
  const found = await digestsOf(part.path);
  if (found.bytes === bytes) return found;
  await part.discard();
  throw new MachineError(
    `${part.path} has ${found.bytes} bytes, though ${bytes} were written to it; it was thrown away`,
    `check the disk that holds ${dirname(part.path)}, then run the command again`,
  );
}

/** Asks until all of the file is in its part. @returns the bytes that this should be */
async function collect(options: DownloadOptions, part: Part): Promise<number> {
  const { url, signal, onNote, onProgress, patience = defaultPatience } = options;
  let [fruitless, anew, most] = [0, 0, 0];
  for (;;) {
    let have = 0;
    const onBytes = (bytes: number, total: number | undefined) => {
      if (have === 0 && total !== undefined) requireRoom(part.path, total - bytes).catch((error) => guard.abort(error));
      have = bytes;
      onProgress(bytes, total);
    };
    const guard = new AbortController();
    try {
      return await fetchPiece({
        network: options.network,
        url,
        part,
        firstBytes: options.firstBytes,
        stallMs: patience.stallMs,
        signal: AbortSignal.any([signal, guard.signal]),
        onBytes,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Discarded) {
        await part.discard();
        if (++anew >= patience.tries) throw unreachable(url, `${error.message}, time after time`, error);
      } else if (!(error instanceof Interrupted)) {
        throw error;
      }
      // One that begins anew has its own count: what it brings again is no progress.
      const anewNow = error instanceof Discarded;
      fruitless = anewNow || have > most ? 0 : fruitless + 1;
      most = anewNow ? 0 : Math.max(most, have);
      if (fruitless >= patience.tries) throw unreachable(url, error.message, error);
      const asked = error instanceof Interrupted ? error.retryAfter : undefined;
      const waiting = Math.min(
        patience.longestPauseMs,
        asked === undefined ? patience.firstPauseMs * 2 ** fruitless : asked * 1000,
      );
      onNote(`${error.message}; asking again in ${(waiting / 1000).toFixed(1)} s`);
      await pause(waiting, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function unreachable(url: string, reason: string, cause: unknown): MachineError {
  return new MachineError(
    `${url} could not be downloaded: ${reason}`,
    'check the network (HTTP_PROXY and HTTPS_PROXY name a proxy), then run the command again: it goes on where it stopped',
    { cause },
  );
}

async function requireRoom(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= bytes) return;
  const [needed, free] = [bytes, bavail * bsize].map((size) => `${(size / 1e9).toFixed(2)} GB`);
  throw new MachineError(
    `${path} needs ${needed} more, and the disk has ${free} left`,
    'make room (annvil datasets rm NAME frees what you do not need), or name another cache folder (ANNVIL_CACHE); then run the command again',
  );
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
