import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemCallFilters } from '../system-call-filters.ts';
import { findToolchain } from '../toolchain.ts';
import type { Trainer } from './trainer.ts';
import { train } from './training.ts';

let folder: string;
/** The shell needs more calls than a training on the processor may make. */
let filter: string;
/** Stands in for a GPU's: a file, which the sandbox shows as it would a device. */
let node: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-training-sandbox-'));
  filter = (await systemCallFilters(folder, await findToolchain())).gpu;
  node = join(folder, 'nvidia0');
  await writeFile(node, '');
  // The sandbox's user comes this way to the node.
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a training sees and is held to, in the words of its shell, which starts no other program; then it writes into its input. */
async function seen(libtorch: Trainer): Promise<string[]> {
  const [binary, base, output] = ['look', 'base', 'out'].map((name) => join(folder, name)) as [string, string, string];
  const look = `#!/bin/sh
    for path in ${node} /sys/devices /proc/cpuinfo /proc/self/fd /proc/sys; do [ -e $path ] && echo $path; done >&4
    echo "$CUDA_CACHE_DISABLE" >&4
    ulimit -v >&4; ulimit -d >&4; ulimit -n >&4
    echo spoiled > /proc/self/fd/3; exit 0`;
  await writeFile(binary, look, { mode: 0o755 });
  await writeFile(base, 'rows');
  await chmod(base, 0o666);
  const inputs = { base };
  const job = { binary, settings: {}, seed: 1, inputs, limitSeconds: 10, memoryMebibytes: 1024, output, libtorch };
  expect(await train({ ...job, sandbox: 'bubblewrap', filter })).toMatchObject({ kind: 'trained' });
  expect(await readFile(base, 'utf8')).toBe('rows');
  return (await readFile(output, 'utf8')).trimEnd().split('\n');
}

const trainer: Trainer = { version: 'none', flags: [], libraries: [], folders: [], cuda: true };

it('a training on the processor sees of the machine what the processor can do, and its addresses are limited', async () => {
  expect(await seen(trainer)).toEqual(['/proc/cpuinfo', '', String(2 ** 20), 'unlimited', '64']);
});

it('one on a GPU is lent the nodes, /sys and a /proc by which it spoils only its copy; what it writes to is limited', async () => {
  const machine = [node, '/sys/devices', '/proc/cpuinfo', '/proc/self/fd', '/proc/sys'];
  const limits = ['unlimited', String(9 * 2 ** 20), '1024'];
  expect(await seen({ ...trainer, gpu: { nodes: [node] } })).toEqual([...machine, '1', ...limits]);
});
