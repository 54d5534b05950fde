import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../core/paths.ts';
import { checkSyntax, runSanitized, together } from '../testing/compile.ts';
import { everyOption, samples, unusedNames, variation } from '../testing/variants.ts';
import { emit, refinementGrammar, seedChoices } from './refinement.ts';
import { emit as emitSearch, seedChoices as seedSearch } from './search.ts';

const ofContract = ['Refinement', 'scratch_bytes', 'refine'];
const full = process.env.ANNVIL_FULL === '1';
const headers = [
  ...new Set(
    [...everyOption(refinementGrammar), ...samples(refinementGrammar, full ? 100 : 15, 'refinement')].map(emit),
  ),
];

const kinds = [
  seedChoices,
  variation(refinementGrammar, { precision: 'fp16', selection: 'sort', rerank: '2', 'prefetch-ahead': 'all' }),
  variation(refinementGrammar, { precision: '8-bit', check: '1.5', abandon: '128', order: 'variance' }),
  variation(refinementGrammar, { precision: '8-bit', check: '2', selection: 'sort', 'prefetch-ahead': '0' }),
  variation(refinementGrammar, { abandon: '256', rerank: '1.5', 'prefetch-lines': '4' }),
];

describe('the grammar of refinement', () => {
  it('emits the seed that stands in seeds/', () => {
    expect(emit(seedChoices)).toBe(readFileSync(join(packageRoot, 'seeds/graph/refinement.hpp'), 'utf8'));
  });

  it('leaves nothing unused in a header, no line over 120 columns', () => {
    for (const header of headers) {
      expect(unusedNames(header, ofContract)).toEqual([]);
      expect(header.split('\n').filter((line) => line.length > 120)).toEqual([]);
      expect(header).not.toMatch(/\n\n\n|undefined/);
    }
  });

  it('emits headers that compile without warnings', async () => {
    const instances = headers.map((_, i) =>
      ['squared_l2', 'inner_product']
        .map((metric) => `candidate::Refinement<annvil::Metric::${metric}>`)
        .map((type) => `template class v${i}::${type};\nstatic_assert(annvil::RefinementCandidate<v${i}::${type}>);`)
        .join('\n'),
    );
    await checkSyntax(`${together(headers, 'v')}\n${instances.join('\n')}\n`);
  });

  it('emits refinements that put the nearest first, under the sanitizers', async () => {
    const calls = kinds.map((choices, i) => {
      const name = Object.entries(choices).map(([key, value]) => `${key}=${value}`);
      return `behaviour::check<s0::candidate::Search, v${i}::candidate::Refinement>("${name.join(' ')}");`;
    });
    const source = `#include "behaviour.hpp"
${together(kinds.map(emit), 'v')}
${together([emitSearch(seedSearch)], 's')}
int main() {\n${calls.join('\n')}\n}\n`;
    expect(await runSanitized(source)).toBe('');
  });
});
