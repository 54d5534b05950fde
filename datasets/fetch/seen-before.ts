import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../harness/core/errors.ts';
import { writeWhole } from '../disk.ts';
import type { Digests, Expected } from './digests.ts';

const record = z.object({ key: z.string(), bytes: z.number(), sha256: z.string(), since: z.string() });

/**
 * What each URL brought the first time it was fetched, where its publisher states no hash: `<cacheDir>/sources/.downloads/`, whose name no
 * dataset can have. A file each, so that two processes which fetch at once lose none. They stay when a dataset is removed, so that figures
 * of last year and of today are known to be over the same bytes.
 */
export class SeenBefore {
  readonly #folder: string;

  constructor(cacheDir: string) {
    this.#folder = join(cacheDir, 'sources', '.downloads');
  }

  /** @throws HarnessError where what is remembered cannot be read */
  async expected(key: string): Promise<Expected | undefined> {
    const found = await this.#read(key);
    if (!found) return undefined;
    const source = `when it was first fetched (${found.since.slice(0, 10)}) it had`;
    return { algorithm: 'sha256', digest: found.sha256, bytes: found.bytes, source };
  }

  async add(key: string, { bytes, sha256 }: Pick<Digests, 'bytes' | 'sha256'>): Promise<void> {
    // A damaged one was told of before the download, unless a change is accepted.
    const known = await this.#read(key).catch(() => undefined);
    if (known?.sha256 === sha256) return;
    const value: z.infer<typeof record> = { key, bytes, sha256, since: new Date().toISOString() };
    await writeWhole(this.#path(key), (file) => file.writeFile(`${JSON.stringify(value, null, 2)}\n`));
  }

  #path(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
  }

  async #read(key: string): Promise<z.infer<typeof record> | undefined> {
    const path = this.#path(key);
    try {
      return record.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new HarnessError(
        `${path}, which says what ${key} brought the first time, cannot be read; mend it, or take what comes now (--accept-changed)`,
        { cause },
      );
    }
  }
}
