import type { FileHandle } from 'node:fs/promises';
import { MachineError } from '../../harness/core/errors.ts';
import { asDiskError } from '../disk.ts';
import { Discarded, Interrupted, refused } from './failures.ts';
import type { Network } from './network.ts';
import type { Part, PartState } from './part.ts';
import { get, type Response, reasonOf } from './request.ts';
import { StallGuard } from './stall-guard.ts';

export interface PieceOptions {
  readonly network: Network;
  readonly url: string;
  readonly part: Part;
  /** Only the first so many bytes of the file are wanted. */
  readonly firstBytes: number | undefined;
  readonly stallMs: number;
  readonly signal: AbortSignal;
  /** `total` is undefined where the server does not say. */
  readonly onBytes: (have: number, total: number | undefined) => void;
}

/**
 * Asks once for what is missing of a file, and adds what comes to its part. Returns when nothing is missing.
 * @returns how many bytes the part should have now
 * @throws Interrupted, Discarded, or UsageError for what no repetition will change; MachineError where the disk is full
 */
export async function fetchPiece(options: PieceOptions): Promise<number> {
  const { network, url, part, firstBytes, stallMs } = options;
  const known = await part.resume(url);
  if (known && known.have === (firstBytes ?? known.state.total)) return known.have;
  const guard = new StallGuard(stallMs, options.signal);
  try {
    const response = await get(network, url, rangeHeaders(known, firstBytes), guard.signal);
    try {
      return await take(response, known, options, guard);
    } finally {
      response.body.close();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (guard.stalled) throw new Interrupted(`${url} sent next to nothing for ${stallMs / 1000} s`);
    throw error;
  } finally {
    guard.close();
  }
}

type Known = { have: number; state: PartState } | undefined;

function rangeHeaders(known: Known, firstBytes: number | undefined): Record<string, string> {
  const last = firstBytes === undefined ? '' : firstBytes - 1;
  if (known) return { range: `bytes=${known.have}-${last}`, 'if-range': known.state.validator };
  return firstBytes === undefined ? {} : { range: `bytes=0-${last}` };
}

async function take(response: Response, known: Known, options: PieceOptions, guard: StallGuard): Promise<number> {
  const { url, part, firstBytes } = options;
  const { have, total } = await beginning(response, known, options);
  const wanted = firstBytes ?? total;
  if (firstBytes !== undefined && total !== undefined && total < firstBytes) {
    throw refused(url, `has ${total} bytes, fewer than the ${firstBytes} wanted of it; is it the right file?`);
  }
  let at = have;
  const file = await part.open();
  try {
    options.onBytes(at, wanted);
    if (response.status !== 416) {
      for await (const chunk of response.body) {
        guard.saw(chunk.length);
        const bytes = wanted === undefined ? chunk : chunk.subarray(0, wanted - at);
        if (bytes.length < chunk.length && firstBytes === undefined) {
          throw new Discarded(`${url} sent more than the ${wanted} bytes it spoke of`);
        }
        at = await append(file, bytes, at, part.path);
        options.onBytes(at, wanted);
        if (at === firstBytes) break;
      }
    }
  } catch (error) {
    if (error instanceof Discarded || guard.signal.aborted) throw error;
    if (error instanceof MachineError) throw error;
    throw new Interrupted(`${url} broke off after ${at} bytes: ${reasonOf(error)}`, undefined, { cause: error });
  } finally {
    // What the next piece goes on after must be there after a crash, too.
    await flush(file, part.path).finally(() => file.close());
  }
  if (wanted !== undefined && at < wanted) throw new Interrupted(`${url} broke off after ${at} of ${wanted} bytes`);
  return at;
}

async function append(file: FileHandle, bytes: Uint8Array, at: number, path: string): Promise<number> {
  try {
    // A disk that is nearly full takes the first bytes of a write; the next write says why it takes no more.
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    }
    return at + bytes.length;
  } catch (error) {
    throw asDiskError(error, path);
  }
}

async function flush(file: FileHandle, path: string): Promise<void> {
  await file.sync().catch((error) => {
    throw asDiskError(error, path);
  });
}

/** Where the bytes of a response belong: after what there is, or at the start. @throws Discarded where neither holds */
async function beginning(
  { status, header }: Response,
  known: Known,
  { url, part, firstBytes }: PieceOptions,
): Promise<{ have: number; total: number | undefined }> {
  const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(header('content-range') ?? '');
  const total = status === 200 ? optionalNumber(header('content-length')) : range ? Number(range[3]) : undefined;
  const validator = validatorOf(header);
  if (status === 416) {
    // All there was to have is here already, or the file has become shorter.
    if (known && total === known.have && total === known.state.total) return { have: known.have, total };
    throw new Discarded(`${url} has no bytes after ${known?.have ?? 0}`);
  }
  if (status === 206) {
    const [from, last] = [Number(range?.[1]), Number(range?.[2])];
    const wanted = known?.have ?? 0;
    if (!range || from !== wanted || last < from || (!known && firstBytes === undefined)) {
      throw new Discarded(
        `${url} was asked for bytes from ${wanted} on, and sent "${header('content-range') ?? 'no range'}"`,
      );
    }
    if (known && (total !== known.state.total || (validator !== undefined && validator !== known.state.validator))) {
      throw new Discarded(`${url} has changed since its first ${known.have} bytes came`);
    }
    if (known) return { have: known.have, total };
  }
  // The whole file, whatever was asked for: what there is of another version goes.
  await part.begin(validator !== undefined && total !== undefined ? { url, validator, total } : undefined);
  return { have: 0, total };
}

/** What If-Range takes: a weak ETag does not promise equal bytes. */
function validatorOf(header: Response['header']): string | undefined {
  const etag = header('etag');
  return etag?.startsWith('"') ? etag : header('last-modified');
}

function optionalNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
