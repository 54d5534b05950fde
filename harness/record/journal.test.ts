import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MachineError, UsageError } from '../core/errors.ts';
import { lockHolder } from '../core/lock.ts';
import { Journal, lastRecorded, readJournal } from './journal.ts';
import { sampleJournal } from './sample-campaign.ts';

const entries = sampleJournal().entries;
let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'annvil-journal-'));
  path = join(dir, 'journal.jsonl');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(dir, { recursive: true });
});

async function write(count = entries.length): Promise<void> {
  const journal = await Journal.open(dir);
  // Not awaited one by one: appends keep the order of the calls.
  await Promise.all(entries.slice(0, count).map((entry) => journal.append(entry)));
  await journal.close();
}

async function reopen(): Promise<{ entries: readonly unknown[]; tornBytes: number }> {
  const journal = await Journal.open(dir);
  await journal.close();
  return journal;
}

test('gives back what was appended, in order', async () => {
  await write();
  expect((await reopen()).entries).toEqual(entries);
  expect(await readJournal(dir)).toEqual(entries);
  expect(await readdir(dir)).toEqual(['journal.jsonl']);
  const first = (await readFile(path, 'utf8')).split('\n')[0]!;
  expect(Object.keys(JSON.parse(first))).toEqual(['seq', 'at', 'sum', 'entry']);
});

test.each([1, 7, 200])('cuts a last line that lacks %i bytes, keeps the cut bytes, and goes on', async (missing) => {
  await write(3);
  const size = (await readFile(path)).length;
  const whole = (await readFile(path, 'utf8')).split('\n').slice(0, 2).join('\n').length + 1;
  await truncate(path, size - missing);
  // Only the newline is missing: the line is whole, and kept.
  const kept = missing === 1 ? 3 : 2;
  expect(await readJournal(dir)).toEqual(entries.slice(0, kept));
  const journal = await Journal.open(dir);
  expect(journal.entries).toEqual(entries.slice(0, kept));
  expect(journal.tornBytes).toBe(missing === 1 ? 0 : size - missing - whole);
  if (missing > 1) expect((await readFile(join(dir, 'journal.torn-3'))).length).toBe(journal.tornBytes);
  await journal.append(entries[kept]!);
  await journal.close();
  expect((await reopen()).entries).toEqual(entries.slice(0, kept + 1));
});

test('cuts a whole last line that fails its checksum', async () => {
  await write(2);
  await appendFile(
    path,
    '{"seq":3,"at":"2026-01-01T00:00:00.000Z","sum":"0123456789abcdef","entry":{"type":"seed-measured"}}\n',
  );
  expect((await reopen()).entries).toEqual(entries.slice(0, 2));
});

test('refuses a damaged line in the middle, naming it and the way out', async () => {
  await write();
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"value":1,', '"value":9,'));
  await expect(reopen()).rejects.toThrow(/line 2 is damaged[\s\S]*head -n 1 /);
  await expect(readJournal(dir)).rejects.toThrow(MachineError);
  expect(await lockHolder(dir)).toBeNull();
});

test('refuses a missing line in the middle', async () => {
  await write();
  const lines = (await readFile(path, 'utf8')).split('\n');
  await writeFile(path, lines.toSpliced(2, 1).join('\n'));
  await expect(reopen()).rejects.toThrow(/line 3 is damaged/);
});

test('one process at a time runs a campaign; readers need no lock', async () => {
  const journal = await Journal.open(dir);
  await journal.append(entries[0]!);
  await expect(Journal.open(dir)).rejects.toThrow(new RegExp(`run by process ${process.pid}`));
  expect(await lockHolder(dir)).toBe(process.pid);
  expect(await readJournal(dir)).toEqual(entries.slice(0, 1));
  await journal.close();
  expect(await lockHolder(dir)).toBeNull();
  await reopen();
});

test.each([
  ['a dead process', { pid: 2 ** 22 + 1, started: '1', boot: null }],
  ['a process whose number another one bears now', { pid: process.pid, started: '1', boot: null }],
  ['nobody, being unreadable', 'garbage'],
])('takes over a lock left by %s', async (_, lock) => {
  await writeFile(join(dir, 'lock'), JSON.stringify(lock));
  await reopen();
  expect(await readdir(dir)).toEqual(['journal.jsonl']);
});

test('a full disk is an error of the machine, and leaves the last whole line last', async () => {
  const journal = await Journal.open(dir);
  await journal.append(entries[0]!);
  const before = await readFile(path);
  const probe = await import('node:fs/promises').then(({ open }) => open(path, 'r'));
  const handle = Object.getPrototypeOf(probe) as {
    writeFile: (data: Buffer) => Promise<void>;
    write: (data: Buffer) => Promise<unknown>;
  };
  await probe.close();
  vi.spyOn(handle, 'writeFile').mockImplementationOnce(async function (this: typeof handle, data) {
    await this.write(data.subarray(0, 20));
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  });
  await expect(journal.append(entries[1]!)).rejects.toThrow(MachineError);
  expect(await readFile(path)).toEqual(before);
  await journal.append(entries[1]!);
  await journal.close();
  expect((await reopen()).entries).toEqual(entries.slice(0, 2));
});

test('there is nothing to read where there is no campaign', async () => {
  await expect(readJournal(join(dir, 'absent'))).rejects.toThrow(UsageError);
});

test('keeps every durable entry when its process is killed', async () => {
  const child = execa('node', ['--import', 'tsx', join(import.meta.dirname, 'appends-forever.ts'), dir], {
    reject: false,
    buffer: false,
  });
  let durable = -1;
  for await (const line of child) {
    durable = Number(line);
    if (durable >= 40) child.kill('SIGKILL');
  }
  await child;
  expect(durable).toBeGreaterThanOrEqual(40);
  const journal = await Journal.open(dir);
  await journal.close();
  expect(journal.entries.length).toBeGreaterThan(durable);
  expect(journal.entries.map((entry) => 'elapsedSeconds' in entry && entry.elapsedSeconds)).toEqual(
    journal.entries.map((_, i) => i),
  );
}, 30_000);

test('says when its last whole entry was written, however long that is and whatever the file is dated', async () => {
  expect(await lastRecorded(dir)).toBeUndefined();
  await writeFile(path, '');
  expect(await lastRecorded(dir)).toBe('');
  const line = (seq: number, text: string) =>
    `{"seq":${seq},"at":"2026-01-0${seq}T00:00:00.000Z","sum":"","entry":"${text}"}\n`;
  await writeFile(path, line(1, 'x') + line(2, 'x'.repeat(200_000)));
  expect(await lastRecorded(dir)).toBe('2026-01-02T00:00:00.000Z');
  await appendFile(path, '{"seq":3,"at":"2026-');
  expect(await lastRecorded(dir)).toBe('2026-01-02T00:00:00.000Z');
});
