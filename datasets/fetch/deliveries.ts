import { readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../disk.ts';
import type { Expected } from './digests.ts';
import { type DownloadOptions, download } from './download.ts';
import { SeenBefore } from './seen-before.ts';

/** Of each file that came whole: what was asked for, and what its server sent. */
const record = z.record(z.string(), z.object({ key: z.string(), bytes: z.number(), sha256: z.string() }));

export interface DeliveryOptions
  extends Omit<DownloadOptions, 'url' | 'path' | 'firstBytes' | 'expected' | 'onProgress'> {
  readonly cacheDir: string;
  readonly mirror?: string | undefined;
  readonly acceptChanged?: boolean | undefined;
  readonly onProgress: (file: string, done: number, total: number | undefined) => void;
}

/**
 * The files of a dataset that is being fetched, in the folder where they arrive. `received.json` there remembers the hash of each as it
 * came: what is made of a file afterwards no longer tells, and a run that was killed is gone on with.
 */
export class Deliveries {
  readonly #folder: string;
  readonly #options: DeliveryOptions;
  readonly #seen: SeenBefore;

  constructor(folder: string, options: DeliveryOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#seen = new SeenBefore(options.cacheDir);
  }

  /** Downloads a file, unless an earlier run did. @returns its path @throws as `download` */
  async receive(url: string, name: string, firstBytes?: number): Promise<string> {
    const { mirror, acceptChanged, onProgress } = this.#options;
    const path = join(this.#folder, name);
    const key = firstBytes === undefined ? url : `${url} 0-${firstBytes - 1}`;
    const expected = acceptChanged ? undefined : await this.#seen.expected(key);
    const found =
      (await this.#receivedBefore(name, key, expected)) ??
      (await download({
        ...this.#options,
        url: mirrored(url, mirror),
        path,
        firstBytes,
        expected,
        onProgress: (done, total) => onProgress(name, done, total),
      }));
    await this.#write({ ...(await this.#read()), [name]: { key, bytes: found.bytes, sha256: found.sha256 } });
    return path;
  }

  /** From now on, what came is what is expected. */
  async remember(): Promise<void> {
    for (const { key, ...found } of Object.values(await this.#read())) await this.#seen.add(key, found);
  }

  /** What an earlier run received; what it says of a file that is no more, or not the one wanted, is forgotten with the file. */
  async #receivedBefore(name: string, key: string, expected: Expected | undefined) {
    const { [name]: before, ...others } = await this.#read();
    if (!before) return undefined;
    const path = join(this.#folder, name);
    const size = (await stat(path).catch(() => undefined))?.size;
    const wanted = before.key === key && size === before.bytes && (!expected || before.sha256 === expected.digest);
    if (wanted) return before;
    await rm(path, { force: true });
    await this.#write(others);
    return undefined;
  }

  async #read(): Promise<z.infer<typeof record>> {
    try {
      return record.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }

  async #write(received: z.infer<typeof record>): Promise<void> {
    await writeWhole(this.#path, (file) => file.writeFile(JSON.stringify(received)));
  }

  get #path(): string {
    return join(this.#folder, 'received.json');
  }
}

function mirrored(url: string, mirror: string | undefined): string {
  return mirror === undefined ? url : `${mirror.replace(/\/+$/, '')}/${basename(new URL(url).pathname)}`;
}
