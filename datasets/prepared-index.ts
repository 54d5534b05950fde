import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { metrics } from '../harness/core/target.ts';
import type { DatasetSource } from './catalogue.ts';
import { writeWhole } from './disk.ts';

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

/** The prepared form of sources as they are now, if the index at `path` knows it. Source files must not have changed. */
export async function recall(path: string, source: DatasetSource): Promise<Remembered | undefined> {
  const entry = (await readIndex(path))[keyOf(source)];
  return entry && entry.stamp === (await stampOf(source)) ? entry.dataset : undefined;
}

/** Two processes that remember at once may lose one entry, which costs one reading and nothing else. */
export async function remember(path: string, source: DatasetSource, stamp: string, dataset: Remembered): Promise<void> {
  const entries = { ...(await readIndex(path)), [keyOf(source)]: { stamp, dataset } };
  await writeWhole(path, (file) => file.writeFile(`${JSON.stringify(entries, null, 2)}\n`));
}

/** Size and time of change of both source files; empty, and never equal, where one is absent. */
export async function stampOf({ basePath, queriesPath }: DatasetSource): Promise<string> {
  const stats = await Promise.all(
    [basePath, queriesPath].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return stats.map((found) => (found ? `${found.size}@${found.mtimeNs}` : `absent ${Math.random()}`)).join(' ');
}

function keyOf({ metric, basePath, queriesPath }: DatasetSource): string {
  return JSON.stringify([metric, basePath, queriesPath]);
}

/** An absent or damaged index is an empty one: it only saves time. */
async function readIndex(path: string): Promise<z.infer<typeof index>> {
  try {
    return index.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}
