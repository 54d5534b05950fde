import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../core/paths.ts';
import { slotsOf } from '../../../core/target.ts';
import { checkSource } from '../../../evaluate/check.ts';
import { findLibTorch } from '../../../evaluate/learned/libtorch.ts';
import { together } from '../testing/compile.ts';
import { describeLearnedGrammars, headersOf } from '../testing/learned-suite.ts';
import { learnedLookupGrammars } from './grammars.ts';

const execute = promisify(execFile);

describeLearnedGrammars(
  'learned-lookup',
  learnedLookupGrammars,
  ['Ranker', 'QueryModel', 'ExtraSpace', 'placement', 'loss', 'learning_rate', 'vectors', 'network'],
  checkSource,
);

describe('the grammar of learned lookups', () => {
  it('emits headers that train, and leave networks that say what was trained', async () => {
    const calls = slotsOf('learned-lookup').map((slot) => {
      const type = { ranker: 'Ranker', 'query-model': 'QueryModel', 'extra-space': 'ExtraSpace' }[slot]!;
      const name = slot.replace('-', '_');
      const headers = headersOf(learnedLookupGrammars[slot], 4, slot);
      const check = (_: string, i: number) =>
        `behaviour::check_${name}<${name}${i}::candidate::${type}>("${slot} ${i}");`;
      return { text: together(headers, name), calls: headers.map(check).join('\n') };
    });
    const source = `${calls.map(({ text }) => text).join('\n')}
#include "behaviour.hpp"
int main() {\n${calls.map((part) => part.calls).join('\n')}\n}\n`;
    const folder = await mkdtemp(join(tmpdir(), 'annvil-lookups-'));
    try {
      await mkdir(join(folder, 'include'));
      await symlink(join(packageRoot, 'candidates/contract'), join(folder, 'include/annvil'));
      await writeFile(join(folder, 'all.cpp'), source);
      const { flags, libraries } = await findLibTorch();
      const own = [
        '-std=c++20',
        '-O0',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-I',
        join(folder, 'include'),
        '-I',
        import.meta.dirname,
      ];
      const binary = join(folder, 'all');
      await execute('g++', [...own, ...flags, '-o', binary, join(folder, 'all.cpp'), ...libraries], {
        maxBuffer: 2 ** 24,
      });
      const { stdout } = await execute(binary, [], { env: { OPENBLAS_NUM_THREADS: '1' } }).catch((failed) => failed);
      expect(stdout).toBe('');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 600_000);
});
