import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const staleAfterMs = 24 * 3_600_000;

/** Removes what killed processes left in `folder` a day ago or earlier, under names that begin with `prefix`. */
export async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const path of names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name))) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs < staleAfterMs) continue;
    // Another user's are not ours to remove, and in nobody's way.
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
