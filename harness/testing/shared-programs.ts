import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../core/paths.ts';

/** What compilers make is named by all that went into it, so test runs may share it; what is measured with it is made anew by each. */
const shared = ['programs', 'precompiled', 'binaries', 'packages'];

/** Gives a test's own cache folder the compiled programs of earlier runs: against LibTorch, each costs ten seconds and more. */
export async function sharePrograms(cacheDir: string): Promise<void> {
  for (const name of shared) {
    const kept = join(packageRoot, 'node_modules', '.cache', 'annvil-tests', name);
    await mkdir(kept, { recursive: true });
    await symlink(kept, join(cacheDir, name));
  }
}
