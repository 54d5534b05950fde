import { rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { extract } from 'tar';
import { UsageError } from '../../harness/core/errors.ts';
import { asDiskError, makeFolder } from '../disk.ts';

/**
 * Takes named files out of a tar archive (gzipped or not) into `folder`, without their folders; each gets its name once it is whole.
 * @throws UsageError where the archive is damaged or lacks one; MachineError where the disk is full
 */
export async function takeFromArchive(archive: string, members: readonly string[], folder: string): Promise<void> {
  const draft = join(folder, 'unpacked');
  await rm(draft, { recursive: true, force: true });
  const wanted = new Set(members);
  const plain = (path: string) => path.replace(/^(\.\/)+/, '');
  await makeFolder(draft);
  try {
    await extract({ file: archive, cwd: draft, strict: true, filter: (path) => wanted.has(plain(path)) }).catch(
      (cause) => {
        const disk = asDiskError(cause, draft);
        if (disk !== cause) throw disk;
        throw new UsageError(`${archive} cannot be unpacked: ${cause.message}; remove it and fetch it again`, {
          cause,
        });
      },
    );
    for (const member of members) {
      const path = join(draft, member);
      if (!(await stat(path).catch(() => undefined))) {
        throw new UsageError(`${archive} holds no ${member}; is it the right archive?`);
      }
      await rename(path, join(folder, basename(member)));
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
