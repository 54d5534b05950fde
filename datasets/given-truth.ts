import { HarnessError, UsageError } from '../harness/core/errors.ts';
import { InputFile } from './formats/input-file.ts';
import { firstAtLeast } from './vector-reader.ts';

/** Neighbours that came with a dataset, which ours are checked against. They are never scored by. */
export interface GivenTruth {
  /** Names it in messages. */
  readonly what: string;
  readonly queryCount: number;
  readonly k: number;
  /** The base rows nearest to a query, nearest first. @throws UsageError where the file is cut short */
  read(query: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

/**
 * Neighbours in a file: .ivecs as the texmex corpora have them (a row is its length, then ids), or the big-ann benchmarks' binary
 * (uint32 queries, uint32 k, ids of uint32; distances follow).
 * @throws UsageError where the file is neither
 */
export async function openGivenTruth(path: string): Promise<GivenTruth> {
  const file = await InputFile.open(path);
  try {
    const head = await file.head(8);
    const [first, second] = [head.getUint32(0, true), head.getUint32(4, true)];
    const vecs = path.endsWith('.ivecs');
    const [queryCount, k] = vecs ? [file.size / (4 + 4 * first), first] : [first, second];
    const [start, rowBytes] = vecs ? [4, 4 + 4 * k] : [8, 4 * k];
    const whole = vecs ? Number.isInteger(queryCount) : file.size >= 8 + queryCount * k * 4;
    if (k === 0 || queryCount === 0 || !whole) {
      throw new UsageError(
        `${path} holds no whole lists of neighbours: ${file.size} bytes for ${queryCount} queries of ${k}; ` +
          '`annvil datasets rm` the dataset, and fetch it again',
      );
    }
    return {
      what: path,
      queryCount,
      k,
      async read(query) {
        if (query >= queryCount)
          throw new HarnessError(`${path} has ${queryCount} queries; number ${query} was asked for`);
        const ids = new Uint32Array(k);
        await file.fill(new Uint8Array(ids.buffer), start + query * rowBytes);
        return [...ids];
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Neighbours in the numbering that is left once rows are left out of base and queries (both ascending). */
export function renumbered(
  truth: GivenTruth,
  left: { readonly base: Uint32Array; readonly queries: Uint32Array },
): GivenTruth {
  if (left.base.length === 0 && left.queries.length === 0) return truth;
  const kept = Array.from({ length: truth.queryCount }, (_, query) => query).filter(
    (query) => !left.queries.includes(query),
  );
  const gone = new Set(left.base);
  const shift = (id: number) => id - firstAtLeast(left.base, id);
  return {
    ...truth,
    queryCount: kept.length,
    read: async (query) => (await truth.read(kept[query]!)).filter((id) => !gone.has(id)).map(shift),
  };
}
