import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What the build of a cached graph was found to cost. */
const buildRecord = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakBytes: z.number(),
  graphBytes: z.number(),
  degree: z.number(),
  meanDegree: z.number(),
});
export type BuildRecord = z.infer<typeof buildRecord>;

/** Graphs by the hash of all that made them, so that search and refinement candidates never pay for a build. */
export class GraphCache {
  readonly #folder: string;
  readonly #maxBytes: number;

  constructor(folder: string, maxBytes = 8 * 2 ** 30) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  graphPath(key: string): string {
    return join(this.#folder, `${key}.graph`);
  }

  /** The record of a whole graph, or undefined; the record is written last, so a graph without one is unfinished. */
  async find(key: string): Promise<BuildRecord | undefined> {
    const text = await readFile(this.#recordPath(key), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const now = new Date();
    await utimes(this.#recordPath(key), now, now);
    return buildRecord.parse(JSON.parse(text));
  }

  async store(key: string, record: BuildRecord): Promise<void> {
    const unfinished = `${this.#recordPath(key)}.${process.pid}`;
    await writeFile(unfinished, JSON.stringify(buildRecord.parse(record)));
    await rename(unfinished, this.#recordPath(key));
  }

  /** Makes the folder, and removes the least recently used graphs past the size limit. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const records = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    const entries = await Promise.all(
      records.map(async (name) => {
        const key = name.slice(0, -'.json'.length);
        const [record, graph] = await Promise.all([
          stat(this.#recordPath(key)),
          stat(this.graphPath(key)).catch(() => ({ size: 0 })),
        ]);
        return { key, used: record.mtimeMs, bytes: graph.size };
      }),
    );
    let total = 0;
    for (const { key, bytes } of entries.sort((a, b) => b.used - a.used)) {
      total += bytes;
      if (total <= this.#maxBytes) continue;
      await rm(this.#recordPath(key), { force: true });
      await rm(this.graphPath(key), { force: true });
    }
  }

  #recordPath(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}
