import { UsageError } from '../harness/core/errors.ts';
import type { Manifest } from './library.ts';
import type { OpenDataset } from './source.ts';
import { blocksOf, type VectorReader } from './vector-reader.ts';

/**
 * Rows that are all zeros, which have no angle to anything: nytimes-256-angular has hundreds. What is fetched or imported as angular
 * leaves them out; undefined where there are none.
 * @throws UsageError where nothing else is there
 */
export async function rowsToLeaveOut(
  { base, queries }: Pick<OpenDataset, 'base' | 'queries'>,
  signal: AbortSignal | undefined,
): Promise<Manifest['leaveOut']> {
  const found = { base: await zeroRows(base, signal), queries: await zeroRows(queries, signal) };
  for (const [reader, rows] of [
    [base, found.base],
    [queries, found.queries],
  ] as const) {
    if (rows.length === reader.count)
      throw new UsageError(`${reader.what}: all rows are zeros, which have no direction`);
  }
  return found.base.length + found.queries.length > 0 ? found : undefined;
}

async function zeroRows(reader: VectorReader, signal: AbortSignal | undefined): Promise<number[]> {
  const { dimension } = reader;
  const found: number[] = [];
  for await (const { from, rows, data } of blocksOf(reader)) {
    signal?.throwIfAborted();
    for (let row = 0; row < rows; ++row) {
      let at = row * dimension;
      const end = at + dimension;
      while (at < end && data[at] === 0) ++at;
      if (at === end) found.push(from + row);
    }
  }
  return found;
}
