import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { metrics } from '../harness/core/target.ts';
import { writeWhole } from './disk.ts';
import type { DatasetSource } from './source.ts';

/** What is remembered of a prepared dataset, so that its sources need not be read again. */
const remembered = z.object({
  metric: z.enum(metrics),
  count: z.number().int().positive(),
  dimension: z.number().int().positive(),
  queryCount: z.number().int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Remembered = z.infer<typeof remembered>;

/** `stamp` is of the source files when they were read; one entry a source, so the index stays small. */
const index = z.record(z.string(), z.object({ stamp: z.string(), dataset: remembered }));

export function indexPath(cacheDir: string): string {
  return join(cacheDir, 'datasets', 'index.json');
}

/** The prepared form of sources as they are now, if the index at `path` knows it. Source files must not have changed. */
export async function recall(path: string, source: DatasetSource): Promise<Remembered | undefined> {
  const entry = (await readIndex(path))[keyOf(source)];
  return entry && entry.stamp === (await stampOf(source)) ? entry.dataset : undefined;
}

/** Two processes that remember at once may lose one entry, which costs one reading and nothing else. */
export async function remember(path: string, source: DatasetSource, stamp: string, dataset: Remembered): Promise<void> {
  await writeIndex(path, { ...(await readIndex(path)), [keyOf(source)]: { stamp, dataset } });
}

/** The hash of a source's prepared form, where no other source has the same: it may go with the source. */
export async function ownHash(path: string, source: DatasetSource): Promise<string | undefined> {
  const { [keyOf(source)]: own, ...rest } = await readIndex(path);
  const shared = Object.values(rest).some(({ dataset }) => dataset.hash === own?.dataset.hash);
  return shared ? undefined : own?.dataset.hash;
}

/** Takes a source out of the index. */
export async function forget(path: string, source: DatasetSource): Promise<void> {
  const { [keyOf(source)]: gone, ...rest } = await readIndex(path);
  if (gone) await writeIndex(path, rest);
}

/** Size and time of change of the source files; never equal where one is absent. */
export async function stampOf({ files }: DatasetSource): Promise<string> {
  const stats = await Promise.all(files.map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return stats.map((found) => (found ? `${found.size}@${found.mtimeNs}` : `absent ${Math.random()}`)).join(' ');
}

function keyOf({ metric, files, selection }: DatasetSource): string {
  return JSON.stringify([metric, ...files, ...(selection === undefined ? [] : [selection])]);
}

async function writeIndex(path: string, entries: z.infer<typeof index>): Promise<void> {
  await writeWhole(path, (file) => file.writeFile(`${JSON.stringify(entries, null, 2)}\n`));
}

/** An absent or damaged index is an empty one: it only saves time. */
async function readIndex(path: string): Promise<z.infer<typeof index>> {
  try {
    return index.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}
