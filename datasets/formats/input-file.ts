import { type FileHandle, open } from 'node:fs/promises';
import { UsageError } from '../../harness/core/errors.ts';

/** A file being read, of known size. */
export class InputFile {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  /** @throws UsageError where there is no such file, it may not be read, or it is empty */
  static async open(path: string): Promise<InputFile> {
    const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      const absent = 'there is no such file';
      const reason = { ENOENT: absent, ENOTDIR: absent, EACCES: 'you may not read it' }[error.code ?? ''];
      if (reason === undefined) throw error;
      throw new UsageError(`cannot open ${path}: ${reason}`, { cause: error });
    });
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw new UsageError(`${path} is not a file; name a file of vectors`);
      if (status.size === 0) throw new UsageError(`${path} is empty: 0 bytes; download or convert it again`);
      return new InputFile(path, status.size, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Fills `target` (less than 2 GiB) from `position`. @throws UsageError where the file ends before */
  async fill(target: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < target.length; ) {
      const { bytesRead } = await this.#handle.read(target, done, target.length - done, position + done);
      if (bytesRead === 0) {
        const wanted = position + target.length;
        throw new UsageError(`${this.path} is truncated: expected at least ${wanted} bytes, found ${position + done}`);
      }
      done += bytesRead;
    }
  }

  /** The first `bytes` bytes. @throws UsageError where the file is shorter */
  async head(bytes: number): Promise<DataView> {
    const head = new Uint8Array(bytes);
    await this.fill(head, 0);
    return new DataView(head.buffer);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
