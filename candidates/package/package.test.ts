import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layOutTestPackages, testProgram } from '../../harness/export/testing/test-packages.ts';
import { graphGrammars } from '../../harness/propose/grammar/graph/grammars.ts';

const sanitized = ['-O1', '-march=native', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const threadSanitized = ['-O1', '-march=native', '-fsanitize=thread'];

/** An index as campaigns find them: other ways in, numbers, codes and re-ranking than the seed's. */
const drawn = {
  name: 'drawn',
  title: 'drawn 1.0.0',
  maxDegree: 32,
  headers: {
    construction: emitted('construction', { entry: 'centres-16', renumbering: 'cuthill-mckee', distances: 'u8' }),
    search: emitted('search', { entry: 'points', width: 'float32', visited: 'table' }),
    refinement: emitted('refinement', { precision: 'fp16', rerank: '2' }),
  },
};

function emitted(slot: 'construction' | 'search' | 'refinement', choices: Record<string, string>): string {
  const grammar = graphGrammars[slot];
  return grammar.emit({ ...grammar.seedChoices, ...choices });
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-package-'));
  await layOutTestPackages(folder, [drawn]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a test program in a folder of its own; returns what it says. */
async function run(source: string, flags: readonly string[], args: readonly string[] = []): Promise<string> {
  const program = await testProgram(folder, source, flags);
  const files = await mkdtemp(join(folder, 'files-'));
  const { stdout } = await execa(program, [...args, files]);
  return stdout;
}

describe('the index of a package', { timeout: 300_000 }, () => {
  it.for(['seeded', 'renumbered', 'drawn'])(
    'agrees with an exact oracle over 10,000 random operations under the sanitizers (%s)',
    async (name) => {
      const said = await run(`${name}/testing/operations.test.cpp`, sanitized, ['10000', '1']);
      expect(said).toMatch(/^\d+ walks, recall (1\.0000|0\.9[7-9]\d+)$/);
    },
  );

  it('answers many threads at once as it answers one, under the thread sanitizer', async () => {
    await expect(run('seeded/testing/concurrent.test.cpp', threadSanitized)).resolves.toBe('');
  });

  it('tells its observer of every phase, and stops where that says so', async () => {
    await expect(run('renumbered/testing/cancel.test.cpp', ['-O2', '-march=native'])).resolves.toBe('');
  });

  it('lives in a program beside another package, and refuses its files', async () => {
    await expect(run('seeded/testing/two_packages.test.cpp', sanitized)).resolves.toBe('');
  });
});

describe('an index file', { timeout: 300_000 }, () => {
  it('is safe to ask, or refused, whatever a fuzzer found to put into it', async () => {
    const corpus = join(import.meta.dirname, 'fuzz', 'corpus');
    const inputs = (await readdir(corpus)).map((name) => join(corpus, name));
    const replay = join(folder, 'seeded', 'fuzz', 'replay.cpp');
    const program = await testProgram(folder, 'seeded/fuzz/load.cpp', [...sanitized, replay]);
    const { stdout } = await execa(program, inputs);
    expect(stdout).toBe(`${inputs.length} inputs`);
  });

  it('that is cut, flipped in a bit, foreign or left half written is refused and never read past', async () => {
    await expect(run('renumbered/testing/files.test.cpp', sanitized)).resolves.toBe('');
  });
});
