import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../disk.ts';
import type { Expected } from './digests.ts';

/**
 * What each URL brought the first time it was fetched, where its publisher states no hash: `<cacheDir>/sources/downloads.json`. It stays
 * when a dataset is removed, so that figures of last year and of today are known to be over the same bytes.
 */
const record = z.object({ bytes: z.number(), sha256: z.string(), since: z.string() });
const records = z.record(z.string(), record);

export class SeenBefore {
  readonly #path: string;

  constructor(cacheDir: string) {
    this.#path = join(cacheDir, 'sources', 'downloads.json');
  }

  async expected(key: string): Promise<Expected | undefined> {
    const found = (await this.#read())[key];
    if (!found) return undefined;
    const source = `when it was first fetched (${found.since.slice(0, 10)}) it had`;
    return { algorithm: 'sha256', digest: found.sha256, bytes: found.bytes, source };
  }

  async add(seen: ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }>): Promise<void> {
    const known = await this.#read();
    for (const [key, { bytes, sha256 }] of seen) {
      if (known[key]?.sha256 !== sha256) known[key] = { bytes, sha256, since: new Date().toISOString() };
    }
    await writeWhole(this.#path, (file) => file.writeFile(`${JSON.stringify(known, null, 2)}\n`));
  }

  async #read(): Promise<z.infer<typeof records>> {
    try {
      return records.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}
