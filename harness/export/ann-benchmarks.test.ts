import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../core/paths.ts';
import { freshPython } from './testing/debian-python.ts';
import { seedPackage, seedPackageName } from './testing/seed-package.ts';

const testing = join(packageRoot, 'harness', 'export', 'testing');
let folder: string;
let python: string;

beforeAll(async () => {
  folder = await seedPackage();
  python = await freshPython(join(folder, 'venv'), join(folder, 'python'));
  const algorithms = join(folder, 'clone', 'ann_benchmarks', 'algorithms');
  await mkdir(join(algorithms, 'base'), { recursive: true });
  await cp(join(testing, 'ann_benchmarks_base.py'), join(algorithms, 'base', 'module.py'));
  await cp(join(folder, 'ann-benchmarks'), join(algorithms, seedPackageName), { recursive: true });
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Line {
  readonly metric: string;
  readonly effort: number;
  readonly single: number;
  readonly batch: number;
  readonly kilobytes: number;
  readonly name: string;
  readonly docker: string;
}

test('runs under both metrics as ann-benchmarks reads its configuration, one by one and in batches alike', async () => {
  const script = join(testing, 'ann_benchmarks_run.py');
  const { stdout } = await execa(python, [script, join(folder, 'clone'), seedPackageName], { cwd: folder });
  const lines = stdout.split('\n').map((line): Line => JSON.parse(line));
  for (const metric of ['euclidean', 'angular']) {
    const own = lines.filter((line) => line.metric === metric);
    expect(own.length).toBeGreaterThan(10);
    expect(own.map(({ single }) => single)).toEqual(own.map(({ batch }) => batch));
    expect(own[0]!.single).toBeLessThan(own.at(-1)!.single);
    expect(own.at(-1)!.single).toBeGreaterThan(0.99);
    expect(own[0]!.kilobytes).toBeGreaterThan((4000 * 20 * 4) / 1024);
    expect(new Set(own.map(({ name }) => name)).size).toBe(own.length);
    expect(own[0]!.docker).toBe(`ann-benchmarks-${seedPackageName}`);
  }
});
