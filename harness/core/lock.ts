import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from './errors.ts';

/** Who holds a folder. A pid alone may have been reused, so its start time and the boot go with it. */
interface Holder {
  readonly pid: number;
  /** Clock ticks since boot (field 22 of /proc/<pid>/stat); null where there is no /proc. */
  readonly started: string | null;
  readonly boot: string | null;
}

/** Held until released, or until the process that holds it is dead. */
export interface Lock {
  release(): Promise<void>;
}

const lockName = 'lock';

/**
 * Takes a folder for this process, from a dead holder if need be. Covers processes of one machine that see each other's
 * pids; not machines or containers that share the folder.
 * @param held says, for the error, which living process holds it and what can be done
 * @throws UsageError where a living process, this one included, holds it
 */
export async function takeLock(dir: string, held: (pid: number) => string): Promise<Lock> {
  const path = join(dir, lockName);
  const text = `${JSON.stringify(await holder(process.pid))}\n`;
  // Linked in place whole: a lock file is never seen empty.
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, text);
  try {
    for (;;) {
      if (await succeeds(link(draft, path), 'EEXIST')) return { release: () => release(path, text) };
      await dismissDeadHolder(path, held);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** The pid of the living process that holds a folder, or null. */
export async function lockHolder(dir: string): Promise<number | null> {
  const found = parse(await readFile(join(dir, lockName), 'utf8').catch(() => ''));
  return found && (await isAlive(found)) ? found.pid : null;
}

async function dismissDeadHolder(path: string, held: (pid: number) => string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return;
  const found = parse(text);
  if (found && (await isAlive(found))) throw new UsageError(held(found.pid));
  // Renamed rather than removed: if another process took over between our reading and this, its lock goes back.
  const aside = `${path}.stale.${process.pid}.${randomBytes(4).toString('hex')}`;
  if (!(await succeeds(rename(path, aside), 'ENOENT'))) return;
  if ((await readFile(aside, 'utf8')) !== text) await succeeds(link(aside, path), 'EEXIST');
  await rm(aside, { force: true });
}

async function release(path: string, ours: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => '')) === ours) await rm(path, { force: true });
}

async function holder(pid: number): Promise<Holder> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => null);
  return { pid, started: await startTime(pid), boot: boot?.trim() ?? null };
}

async function startTime(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

async function isAlive(found: Holder): Promise<boolean> {
  try {
    process.kill(found.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await holder(found.pid);
  return now.started === found.started && now.boot === found.boot;
}

function parse(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    return typeof value?.pid === 'number'
      ? { pid: value.pid, started: value.started ?? null, boot: value.boot ?? null }
      : null;
  } catch {
    return null;
  }
}

/** True where the operation succeeds, false where it fails with the one code that the caller expects. */
async function succeeds(operation: Promise<unknown>, expected: string): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === expected) return false;
    throw error;
  }
}
