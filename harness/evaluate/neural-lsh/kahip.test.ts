import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Workshop } from '../learned/workshop.ts';
import { graphText, kahipPartition } from './kahip.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-kahip-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Neighbours of four rows, themselves first but for row 3, whose equal stands before it. */
function truthFile(rows: readonly (readonly number[])[]): Buffer {
  const [count, k] = [rows.length, rows[0]!.length];
  const file = Buffer.alloc(4096 + count * k * 8);
  file.write('ANNVILT1', 'latin1');
  [count, k, count].forEach((value, at) => {
    file.writeUInt32LE(value, 8 + 4 * at);
  });
  rows.flat().forEach((id, at) => {
    file.writeUInt32LE(id, 4096 + 4 * at);
  });
  return file;
}

const truth = truthFile([
  [0, 1, 2],
  [1, 0, 2],
  [2, 3, 1],
  [2, 3, 1],
]);

/** A kaffpa that deals rows by turns, and keeps what it was asked. */
async function installKaffpa(lines: string): Promise<void> {
  await writeFile(join(folder, 'kaffpa'), `#!/bin/sh\n[ "$1" = --help ] && exit 0\n${lines}\n`);
  await chmod(join(folder, 'kaffpa'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
}

const ask = async () => {
  await writeFile(join(folder, 'truth.atru'), truth);
  const neighbours = { path: join(folder, 'truth.atru'), hash: 'four rows', count: 4 };
  return kahipPartition({ cacheDir: folder } as Workshop, neighbours, 2, 0.03);
};

test('the graph of neighbours is undirected, and mutual neighbours weigh 2', () => {
  const [head, ...rows] = graphText(truth).trimEnd().split('\n');
  expect(head).toBe('4 5 1');
  const edges = rows.map((row) => {
    const numbers = row.split(' ').map(Number);
    return Object.fromEntries(numbers.flatMap((end, at) => (at % 2 === 0 ? [[end, numbers[at + 1]]] : [])));
  });
  expect(edges).toEqual([
    { 2: 2, 3: 1 },
    { 1: 2, 3: 2, 4: 1 },
    { 1: 1, 2: 2, 4: 2 },
    { 2: 1, 3: 2 },
  ]);
});

test('without kaffpa there is no partition by it', async () => {
  vi.stubEnv('PATH', folder);
  expect(await ask()).toBeUndefined();
});

test("kaffpa's parts come as a section that trainings read, and are asked for once", async () => {
  await installKaffpa(
    `echo "$@" >> ${folder}/asked\nfor last; do :; done\nprintf '0\\n1\\n0\\n1\\n' > "\${last#--output_filename=}"`,
  );
  const made = await ask();
  const file = await readFile(made!.path);
  expect(file.toString('latin1', 0, 8)).toBe('ANNVSEC1');
  expect(file.toString('latin1', 16, 21)).toBe('kahip');
  expect([...new Uint32Array(file.buffer.slice(file.byteOffset + 128, file.byteOffset + 144))]).toEqual([0, 1, 0, 1]);
  await ask();
  const asked = await readFile(join(folder, 'asked'), 'utf8');
  expect(asked.trim().split('\n')).toHaveLength(1);
  expect(asked).toContain('--k=2 --imbalance=3 --preconfiguration=strong');
});

test('what kaffpa fails with is said', async () => {
  await installKaffpa('echo "the graph is odd" >&2; exit 3');
  await expect(ask()).rejects.toThrow(/the graph is odd/);
});
