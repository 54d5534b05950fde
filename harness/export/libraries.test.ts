import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePackageName } from './layout.ts';
import { compileLibraries, levelsOf } from './libraries.ts';
import { layOutTestPackages, testProgram } from './testing/test-packages.ts';

const cpu = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');

describe("a package's libraries", { timeout: 600_000 }, () => {
  let folder = '';
  let libraries: string[] = [];
  let program = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'annvil-libraries-'));
    await layOutTestPackages(folder);
    libraries = await compileLibraries({ folder: join(folder, 'seeded'), name: 'seeded', out: join(folder, 'lib') });
    const link = ['-O1', '-pedantic', `-L${join(folder, 'lib')}`, '-Wl,-rpath,$ORIGIN/lib'];
    program = await testProgram(folder, 'seeded/testing/c_abi.test.c', [
      ...link,
      '-Wl,--no-as-needed',
      '-l:libseeded.so',
    ]);
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const runs = (level: string) => execa(program, [folder], { env: { ANNVIL_LEVEL: level }, reject: false });

  it.for(levelsOf(process.arch))('serve a program in C, on $name', async ({ name: level, cpuFlag }) => {
    const { stdout, stderr } = await runs(level);
    if (!cpu.includes(cpuFlag)) return expect(stderr).toContain('which this processor cannot run');
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`^seeded 1\\.0\\.0 ${level} (1\\.0000|0\\.[89]\\d+)$`));
  });

  it('take the best level where none is asked for, and refuse one that there is not', async () => {
    const best = levelsOf(process.arch).findLast(({ cpuFlag }) => cpu.includes(cpuFlag))!;
    expect((await runs('')).stdout).toContain(` ${best.name} `);
    expect((await runs('sse9')).stderr).toContain('ANNVIL_LEVEL is sse9: the levels are');
  });

  it('show the C ABI and nothing else', async () => {
    for (const library of libraries) {
      const { stdout } = await execa('nm', ['-D', '--defined-only', '--format=posix', library]);
      const names = stdout.split('\n').map((line) => line.split(' ')[0]!);
      expect(names.filter((name) => !name.startsWith('annvil_'))).toEqual([]);
      expect(names.length).toBe(library.includes('libseeded') ? 11 : 1);
    }
  });

  it('that are missing are told of', async () => {
    const alone = join(folder, 'alone');
    await mkdir(alone);
    await copyFile(libraries.at(-1)!, join(alone, 'libseeded.so'));
    const { stderr } = await execa(program, [folder], {
      env: { LD_LIBRARY_PATH: alone, LD_PRELOAD: 'libseeded.so' },
      reject: false,
    });
    expect(stderr).toContain('seeded-baseline.so: cannot open shared object file');
  });
});

describe('the name of a package', () => {
  it('must be a word that C++ has no other meaning for', () => {
    for (const name of ['fast_index', 'a1']) requirePackageName(name);
    for (const name of ['Fast', 'fast-index', '1st', 'class', 'annvil', 'std', '', 'x'.repeat(64)]) {
      expect(() => requirePackageName(name)).toThrow(/cannot be named/);
    }
  });
});
