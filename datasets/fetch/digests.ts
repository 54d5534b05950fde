import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../../harness/core/errors.ts';

/** What a file's bytes must be. */
export interface Expected {
  readonly algorithm: 'sha256' | 'sha512';
  /** Hexadecimal. */
  readonly digest: string;
  readonly bytes?: number;
  /** Where the digest is from, for the message: "as the registry published it". */
  readonly source: string;
}

export interface Digests {
  readonly bytes: number;
  readonly sha256: string;
  readonly sha512: string;
}

export async function digestsOf(path: string): Promise<Digests> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  let bytes = 0;
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      sha512.update(chunk);
      bytes += chunk.length;
    }
  });
  return { bytes, sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
}

export function matches(found: Digests, { algorithm, digest, bytes }: Expected): boolean {
  return found[algorithm] === digest && (bytes === undefined || bytes === found.bytes);
}

export function wrongContent(url: string, found: Digests, { algorithm, digest, bytes, source }: Expected): UsageError {
  const size = bytes === undefined ? '' : `${bytes} bytes and `;
  return new UsageError(
    `${url} is not what it should be: ${found.bytes} bytes with ${algorithm} ${found[algorithm]}, and ${source} ${size}${algorithm} ` +
      `${digest}. What came was thrown away. Try again or elsewhere (--mirror); where the publisher has changed the file: --accept-changed`,
  );
}
