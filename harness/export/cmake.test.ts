import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedPackage } from './testing/seed-package.ts';

let folder: string;
let prefix: string;

/** Configures, builds and, where asked, installs. One level compiles in seconds; the others differ by their flags alone. */
async function build(source: string, name: string, settings: readonly string[], installs = false): Promise<string> {
  const out = join(folder, name);
  await execa('cmake', ['-S', source, '-B', out, '-DCMAKE_INSTALL_LIBDIR=lib', ...settings]);
  await execa('cmake', ['--build', out]);
  if (installs) await execa('cmake', ['--install', out]);
  return out;
}

beforeAll(async () => {
  folder = await seedPackage();
  prefix = join(folder, 'prefix');
  await build(folder, 'build', ['-DANNVIL_LEVELS=baseline', `-DCMAKE_INSTALL_PREFIX=${prefix}`], true);
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('an example finds the installed package, header-only and as a shared library, and keeps the recall it was asked for', async () => {
  const out = await build(join(folder, 'examples', 'cpp'), 'examples-build', [`-DCMAKE_PREFIX_PATH=${prefix}`]);
  const headers = await execa(join(out, 'headers'), { cwd: out });
  const [, recall] = /recall@10 (\d\.\d+) at effort \d+, asked for 0.95/.exec(headers.stdout)!;
  expect(Number(recall)).toBeGreaterThan(0.94);
  const shared = await execa(join(out, 'shared'), { cwd: out });
  expect(shared.stdout).toMatch(/^the seed index on baseline: \d+ of 5000 rows found themselves$/);
});

test('a version that is not the installed one is refused', async () => {
  const asked = join(folder, 'asks-for-another');
  await cp(join(folder, 'examples', 'cpp'), asked, { recursive: true });
  const lists = join(asked, 'CMakeLists.txt');
  await writeFile(
    lists,
    (await readFile(lists, 'utf8')).replace('find_package(seed_index 1.2.3', 'find_package(seed_index 1.3.0'),
  );
  await expect(build(asked, 'asks-build', [`-DCMAKE_PREFIX_PATH=${prefix}`])).rejects.toThrow(/1\.3\.0/);
});

test('its pkg-config file names the folders and the library', async () => {
  const text = await readFile(join(prefix, 'lib', 'pkgconfig', 'seed_index.pc'), 'utf8');
  expect(text).toContain(`libdir=${prefix}/lib\n`);
  expect(text).toMatch(/Version: 1\.2\.3\nLibs: -L\$\{libdir\} -lseed_index\n/);
});
