import { type FileHandle, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HarnessError, MachineError, UsageError } from '../core/errors.ts';
import type { JournalEntry } from '../core/journal.ts';
import { type Lock, takeLock } from '../core/lock.ts';
import { encodeLine, lastWrittenAt } from './checksum.ts';
import { replay } from './replay.ts';

const fileName = 'journal.jsonl';

/**
 * A campaign's append-only record, `<run>/journal.jsonl`: one checksummed JSON line an entry. One process writes it at a time.
 * What `append` has resolved for survives kill -9 and power loss.
 */
export class Journal {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #lock: Lock;
  readonly #entries: JournalEntry[];
  #bytes: number;
  /** Appends run one after the other; each waits for the one before, whether or not that succeeded. */
  #queue: Promise<void> = Promise.resolve();
  /** Set once the file's state on disk is unknown; every later append fails with it. */
  #broken: unknown;
  #closed = false;

  /** Bytes of a torn last line that opening cut off and kept in `journal.torn-<seq>`; 0 after a clean end. */
  readonly tornBytes: number;

  private constructor(
    path: string,
    file: FileHandle,
    lock: Lock,
    entries: JournalEntry[],
    bytes: number,
    tornBytes: number,
  ) {
    this.#path = path;
    this.#file = file;
    this.#lock = lock;
    this.#entries = entries;
    this.#bytes = bytes;
    this.tornBytes = tornBytes;
  }

  /**
   * Opens or creates the journal of the run folder `dir`, cutting a torn tail.
   * @throws UsageError where another process runs the campaign; MachineError where the file is damaged
   */
  static async open(dir: string): Promise<Journal> {
    await mkdir(dir, { recursive: true });
    const path = join(dir, fileName);
    const lock = await takeLock(dir, (pid) => heldBy(dir, pid)).catch((error) => {
      throw asDiskError(error, path);
    });
    let file: FileHandle | undefined;
    try {
      const bytes = await readFile(path).catch(absentIsEmpty);
      const { lines, wholeBytes, lacksNewline } = replay(bytes, path);
      const torn = bytes.subarray(wholeBytes);
      if (torn.length > 0) await writeFile(join(dir, `journal.torn-${lines.length + 1}`), torn);
      file = await open(path, 'a');
      await file.truncate(wholeBytes);
      if (lacksNewline) await file.writeFile('\n');
      await file.sync();
      await syncDirectory(dir);
      await syncDirectory(dirname(resolve(dir)));
      const length = wholeBytes + (lacksNewline ? 1 : 0);
      return new Journal(
        path,
        file,
        lock,
        lines.map((line) => line.entry),
        length,
        torn.length,
      );
    } catch (error) {
      await file?.close();
      await lock.release();
      throw asDiskError(error, path);
    }
  }

  /** Every entry so far, replayed and appended, in order. */
  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Resolves once the entry is on the disk; entries stand in the order of the calls. */
  append(entry: JournalEntry): Promise<void> {
    const written = this.#queue.then(() => this.#write(entry));
    this.#queue = written.catch(() => {});
    return written;
  }

  /** Lets the campaign go, after the appends under way. */
  async close(): Promise<void> {
    await this.#queue;
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
    await this.#lock.release();
  }

  async #write(entry: JournalEntry): Promise<void> {
    if (this.#closed) throw new HarnessError(`${this.#path} is closed; nothing more can be recorded`);
    if (this.#broken) throw this.#broken;
    const line = Buffer.from(encodeLine(this.#entries.length + 1, new Date().toISOString(), entry));
    try {
      await this.#file.writeFile(line);
      await this.#file.datasync();
    } catch (error) {
      const failure = asDiskError(error, this.#path);
      await this.#cutBack(failure);
      throw failure;
    }
    this.#bytes += line.length;
    this.#entries.push(entry);
  }

  /** Back to the last whole line, so that appending can go on once there is room. */
  async #cutBack(failure: unknown): Promise<void> {
    try {
      await this.#file.truncate(this.#bytes);
      await this.#file.sync();
    } catch {
      this.#broken = failure;
    }
  }
}

/**
 * The entries of a campaign that another process may be running: no lock, and a line still being written is left out.
 * @throws UsageError where there is no campaign; MachineError where the file is damaged
 */
export async function readJournal(dir: string): Promise<readonly JournalEntry[]> {
  const path = join(dir, fileName);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new UsageError(`no campaign in ${dir}: there is no ${fileName}; \`annvil start\` makes one`, {
      cause: error,
    });
  });
  return replay(bytes, path).lines.map((line) => line.entry);
}

/**
 * When the last whole entry was written (ISO 8601), '' where there is none yet, undefined where `dir` holds no campaign. A clone's files are
 * all of one time; what stands in them is not.
 */
export async function lastRecorded(dir: string): Promise<string | undefined> {
  const file = await open(join(dir, fileName)).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    for (let length = Math.min(size, 1 << 16); ; length = Math.min(size, length * 4)) {
      const bytes = Buffer.alloc(length);
      await file.read(bytes, 0, length, size - length);
      const at = lastWrittenAt(bytes.toString('utf8'));
      if (at !== undefined || length === size) return at ?? '';
    }
  } finally {
    await file.close();
  }
}

function absentIsEmpty(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ENOENT') return Buffer.alloc(0);
  throw error;
}

/** A new file's name is durable only once its folder is. */
async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function asDiskError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !fullDisk.has(code)) return error;
  return new MachineError(
    `no room to record into ${path} (${code}); the journal ends with its last whole entry`,
    `free space there (df -h '${dirname(path)}'), then resume: nothing recorded is lost`,
    { cause: error },
  );
}

function heldBy(dir: string, pid: number): string {
  return (
    `the campaign in ${dir} is being run by process ${pid}; wait for it or stop it (kill -INT ${pid}). ` +
    'Reading needs no lock: leaderboard, show and report work meanwhile'
  );
}
