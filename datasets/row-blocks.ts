/** Rows of one read or write: about 16 MiB. */
export const blockBytes = 16 * 2 ** 20;

/** Cuts `count` rows into blocks of about `blockBytes`; yields [first row, rows in the block]. */
export function* rowBlocks(count: number, rowBytes: number): Generator<readonly [number, number]> {
  const rows = Math.max(1, Math.floor(blockBytes / rowBytes));
  for (let from = 0; from < count; from += rows) yield [from, Math.min(rows, count - from)];
}
