import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unprivilegedId } from './sandbox.ts';

/**
 * Runs `use` with a fresh folder that the sandbox's user can reach and, if `writable`, write. It lies in the system's
 * temporary folder because a clone under a private home folder would be out of that user's reach.
 */
export async function withStageFolder<T>(writable: boolean, use: (folder: string) => Promise<T>): Promise<T> {
  const outer = await mkdtemp(join(tmpdir(), 'annvil-'));
  try {
    const folder = join(outer, 'stage');
    await mkdir(folder, { mode: 0o755 });
    if (process.getuid?.() === 0) {
      await chown(outer, unprivilegedId, unprivilegedId);
      if (writable) await chown(folder, unprivilegedId, unprivilegedId);
    }
    return await use(folder);
  } finally {
    await rm(outer, { recursive: true, force: true });
  }
}
