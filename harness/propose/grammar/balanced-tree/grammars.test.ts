import { describe, expect, it } from 'vitest';
import type { SlotOf } from '../../../core/target.ts';
import { checkSource } from '../../../evaluate/check.ts';
import { findLibTorch } from '../../../evaluate/learned/libtorch.ts';
import { checkSyntax, runSanitized, together } from '../testing/compile.ts';
import { describeLearnedGrammars, headersOf } from '../testing/learned-suite.ts';
import { balancedTreeGrammars } from './grammars.ts';

/** More draws where ANNVIL_FULL=1. */
const full = process.env.ANNVIL_FULL === '1';

const concepts = { router: 'Router', 'tree-update': 'TreeUpdate', beam: 'Beam' } as const;
const asserted = (slot: SlotOf<'balanced-tree'>, headers: readonly string[]) =>
  headers
    .map((_, i) => `static_assert(annvil::${concepts[slot]}Candidate<v${i}::candidate::${concepts[slot]}>);`)
    .join('\n');

describeLearnedGrammars(
  'balanced-tree',
  balancedTreeGrammars,
  [...Object.values(concepts), 'fit', 'branches', 'exported', 'module', 'optimiser', 'start', 'update', 'search'],
  checkSource,
);

describe('headers of balanced-tree', { timeout: 180_000 }, () => {
  it('of the router compile without warnings', async () => {
    const headers = headersOf(balancedTreeGrammars.router, full ? 60 : 2, 'router');
    await checkSyntax(
      `${together(headers, 'v')}\n${asserted('router', headers)}\n`,
      'native',
      (await findLibTorch()).flags,
    );
  });

  it('of the beam compile without warnings', async () => {
    const headers = headersOf(balancedTreeGrammars.beam, 10, 'beam');
    await checkSyntax(`${together(headers, 'v')}\n${asserted('beam', headers)}\n`);
  });

  it('of the tree update balance every depth exactly, from every start, under the sanitizers', async () => {
    const headers = headersOf(balancedTreeGrammars['tree-update'], full ? 60 : 6, 'tree-update');
    const calls = headers.map((_, i) => `balance::check<v${i}::candidate::TreeUpdate>("${i}");`).join('\n');
    const source = `#include "balance.hpp"\n${together(headers, 'v')}\n${asserted('tree-update', headers)}\nint main() {\n${calls}\n}\n`;
    expect(await runSanitized(source, ['-lmetis'])).toBe('');
  });
});
