import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MachineError } from '../harness/core/errors.ts';

/**
 * Makes the file `path` all at once: `write` fills a temporary file beside it, which is flushed to disk and then takes the
 * name, so that no half file ever carries it. Folders are made as needed; a failure leaves nothing behind.
 * @throws MachineError where there is no room
 */
export async function writeWhole(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const unfinished = `${path}.${process.pid}-${randomUUID().slice(0, 8)}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(unfinished, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw asDiskError(error, path);
  }
}

/** Makes a folder and those it lies in, where they are not there. @throws MachineError where that is not allowed, or there is no room */
export async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw asDiskError(error, path);
  });
  return path;
}

const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EFBIG: 'the file system allows no file of this size',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
};

/** The disk's own failures as a MachineError; anything else unchanged. */
export function asDiskError(error: unknown, path: string): unknown {
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  if (reason === undefined) return error;
  const fix = `make room, or allow writing, in ${dirname(path)}, or use another cache folder; then run the command again`;
  return new MachineError(`cannot write ${path}: ${reason}`, fix, { cause: error });
}
