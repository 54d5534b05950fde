import { constants, type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { asDiskError, writeWhole } from '../disk.ts';

/** What the bytes of a part belong to: only the same version of the same file may go on after them. */
const state = z.object({
  url: z.string(),
  /** A strong ETag, or a date of change; what has neither is not gone on with. */
  validator: z.string(),
  total: z.number().int().nonnegative(),
});
export type PartState = z.infer<typeof state>;

/** An unfinished download: `<path>.part`, and beside it what it is a part of. */
export class Part {
  readonly path: string;
  readonly #statePath: string;

  constructor(target: string) {
    this.path = `${target}.part`;
    this.#statePath = `${this.path}.json`;
  }

  /** Bytes there are, and of what; nothing where they cannot be gone on with. */
  async resume(url: string): Promise<{ have: number; state: PartState } | undefined> {
    const have = (await stat(this.path).catch(() => undefined))?.size ?? 0;
    const text = await readFile(this.#statePath, 'utf8').catch(() => '');
    try {
      const known = state.parse(JSON.parse(text));
      return have > 0 && known.url === url ? { have, state: known } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Says what the part is of, before any of it is written. */
  async begin(known: PartState | undefined): Promise<void> {
    await rm(this.path, { force: true });
    await rm(this.#statePath, { force: true });
    if (known) await writeWhole(this.#statePath, (file) => file.writeFile(JSON.stringify(known)));
  }

  /** Its file, made where it is not there. @throws MachineError where that is not allowed, or there is no room */
  async open(): Promise<FileHandle> {
    try {
      return await open(this.path, constants.O_RDWR | constants.O_CREAT);
    } catch (error) {
      throw asDiskError(error, this.path);
    }
  }

  async forget(): Promise<void> {
    await rm(this.#statePath, { force: true });
  }

  async discard(): Promise<void> {
    await this.begin(undefined);
  }
}
