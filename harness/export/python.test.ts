import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../core/paths.ts';
import { freshPython } from './testing/debian-python.ts';
import { seedPackage, seedPackageName } from './testing/seed-package.ts';

let folder: string;
let installed: string;
let python: string;

beforeAll(async () => {
  folder = await seedPackage();
  installed = await mkdtemp(join(tmpdir(), 'annvil-python-'));
  python = await freshPython(join(installed, 'venv'), join(folder, 'python'));
}, 300_000);

afterAll(async () => {
  for (const made of [folder, installed]) await rm(made, { recursive: true, force: true });
});

test('pip installs it into a fresh environment without a network, and the example keeps the recall it was asked for', async () => {
  const { stdout } = await execa(python, [join(folder, 'examples', 'python', 'example.py')], { cwd: installed });
  const [, recall] = /recall@10 (\d\.\d+) at effort \d+, asked for 0.95/.exec(stdout)!;
  expect(Number(recall)).toBeGreaterThan(0.94);
});

test('searches, refuses, keeps and tells as its docstrings say', async () => {
  const tests = join(packageRoot, 'harness', 'export', 'testing', 'python_package_test.py');
  const { stderr } = await execa(python, ['-W', 'error', tests], { cwd: installed });
  expect(stderr).toMatch(/Ran \d{2} tests in .*\n\nOK$/);
});

test('a level that the environment asks for answers, and one that does not exist says which there are', async () => {
  const code = 'import seed_index, numpy; print(seed_index.level()); seed_index.Index.build(numpy.eye(4, dtype="f4"))';
  const at = (level: string) => execa(python, ['-c', code], { env: { ANNVIL_LEVEL: level }, reject: false });
  expect((await at('baseline')).stdout).toBe('baseline');
  expect((await at('sse9')).stderr).toMatch(/Unsupported: .*sse9.*avx512, avx2, baseline/);
});

test('a source distribution compiles itself where no libraries come along', async () => {
  const backend = 'import wheel_of_libraries as backend, sys; print(backend.build_sdist(sys.argv[1]))';
  const { stdout: name } = await execa(python, ['-c', backend, installed], {
    env: { PYTHONPATH: join(folder, 'python', 'backend') },
  });
  expect(name).toBe(`${seedPackageName}-1.2.3.tar.gz`);
  const compiled = await freshPython(join(installed, 'compiled'), join(installed, name), { ANNVIL_LEVELS: 'baseline' });
  const show = 'import seed_index; print(seed_index.__file__, seed_index.package(), seed_index.level(), sep="\\n")';
  const [file, title, level] = (await execa(compiled, ['-c', show], { cwd: installed })).stdout.split('\n');
  expect([title, level]).toEqual(['the seed index', 'baseline']);
  expect(await readdir(join(file!, '..', 'native'))).toEqual(['libseed_index.so', 'seed_index-baseline.so']);
});
