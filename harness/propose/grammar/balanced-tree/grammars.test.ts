import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../core/paths.ts';
import { type SlotOf, slotsOf } from '../../../core/target.ts';
import { checkSource } from '../../../evaluate/check.ts';
import { findLibTorch } from '../../../evaluate/learned/libtorch.ts';
import { together } from '../testing/compile.ts';
import { everyOption, samples, unusedNames } from '../testing/variants.ts';
import { balancedTreeGrammars } from './grammars.ts';

const run = promisify(execFile);
const full = process.env.ANNVIL_FULL === '1';

function headersOf(slot: SlotOf<'balanced-tree'>, drawn: number): string[] {
  const grammar = balancedTreeGrammars[slot];
  return [...new Set([...everyOption(grammar), ...samples(grammar, full ? 60 : drawn, slot)].map(grammar.emit))];
}

/** Compiles, and runs where a program is wanted. @throws diagnostics */
async function build(source: string, flags: readonly string[], libraries: readonly string[] = []): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-grammar-'));
  try {
    await mkdir(join(folder, 'include'));
    await symlink(join(packageRoot, 'candidates/contract'), join(folder, 'include/annvil'));
    await writeFile(join(folder, 'all.cpp'), source);
    const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-uninitialized', '-Wno-maybe-uninitialized'];
    const include = ['-I', join(folder, 'include'), '-I', join(import.meta.dirname, '../testing')];
    const common = ['-std=c++20', '-march=native', ...warnings, ...include, ...flags];
    const output = flags.includes('-fsyntax-only') ? [] : ['-o', join(folder, 'all')];
    await run('g++', [...common, ...output, join(folder, 'all.cpp'), ...libraries], { maxBuffer: 2 ** 24 });
    return output.length > 0 ? (await run(join(folder, 'all'), [])).stdout : '';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const concepts = { router: 'Router', 'tree-update': 'TreeUpdate', beam: 'Beam' } as const;
const asserted = (slot: SlotOf<'balanced-tree'>, headers: readonly string[]) =>
  headers
    .map((_, i) => `static_assert(annvil::${concepts[slot]}Candidate<v${i}::candidate::${concepts[slot]}>);`)
    .join('\n');

describe.each(slotsOf('balanced-tree'))('the grammar of %s', (slot) => {
  const ofContract = [
    'fit',
    'branches',
    'exported',
    'module',
    'optimiser',
    'start',
    'update',
    'search',
    concepts[slot],
  ];

  it('emits the seed that stands in seeds/', () => {
    const { emit, seedChoices } = balancedTreeGrammars[slot];
    expect(emit(seedChoices)).toBe(readFileSync(join(packageRoot, `seeds/balanced-tree/${slot}.hpp`), 'utf8'));
  });

  it('leaves nothing unused in a header, keeps the static rules, and no line is over 140 columns', () => {
    for (const header of headersOf(slot, 10)) {
      expect(unusedNames(header, ofContract)).toEqual([]);
      expect(checkSource(slot, header)).toBeUndefined();
      expect(header.split('\n').filter((line) => line.length > 140)).toEqual([]);
      expect(header).not.toMatch(/\n\n\n|undefined|\[object/);
    }
  });
});

describe('headers of balanced-tree', { timeout: 180_000 }, () => {
  it('of the router compile without warnings', async () => {
    const headers = headersOf('router', 2);
    const { flags } = await findLibTorch();
    await build(`${together(headers, 'v')}\n${asserted('router', headers)}\n`, ['-fsyntax-only', ...flags]);
  });

  it('of the beam compile without warnings', async () => {
    const headers = headersOf('beam', 10);
    await build(`${together(headers, 'v')}\n${asserted('beam', headers)}\n`, ['-fsyntax-only']);
  });

  it('of the tree update balance every depth exactly, from every start, under the sanitizers', async () => {
    const headers = headersOf('tree-update', 6);
    const calls = headers.map((_, i) => `balance::check<v${i}::candidate::TreeUpdate>("${i}");`).join('\n');
    const source = `#include "balance.hpp"\n${together(headers, 'v')}\n${asserted('tree-update', headers)}\nint main() {\n${calls}\n}\n`;
    const sanitizers = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    expect(await build(source, sanitizers, ['-lmetis'])).toBe('');
  });
});
