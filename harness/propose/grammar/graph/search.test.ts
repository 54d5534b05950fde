import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../core/paths.ts';
import { checkSyntax, runSanitized, together } from '../testing/compile.ts';
import { everyOption, samples, unusedNames, variation } from '../testing/variants.ts';
import { emit as emitRefinement, seedChoices as seedRefinement } from './refinement.ts';
import { emit, searchGrammar, seedChoices } from './search.ts';

const ofContract = ['Search', 'scratch_bytes', 'search'];
const full = process.env.ANNVIL_FULL === '1';
const headers = [
  ...new Set([...everyOption(searchGrammar), ...samples(searchGrammar, full ? 100 : 15, 'search')].map(emit)),
];

/** One of each kind of part, in few headers. */
const kinds = [
  seedChoices,
  variation(searchGrammar, {
    reduction: 'pca-64',
    rotation: 'random',
    projection: 'sparse',
    width: '7-bit',
    range: 'clipped',
    entry: 'sample',
    'sample-kept': '4',
    visited: 'table',
    batch: 'fours',
    'pool-search': 'counted',
    stopping: 'ratio',
  }),
  variation(searchGrammar, {
    reduction: 'pca-96',
    projection: 'dense',
    width: '4-bit',
    layout: 'inlined',
    'prefetch-record': 'all',
    visited: 'pool',
    entry: 'sample',
    'sample-kept': '1',
    stopping: 'patience',
    'pool-size': '4',
    'pool-search': 'backward',
  }),
  variation(searchGrammar, {
    width: 'fp16',
    entry: 'points',
    batch: 'single',
    visited: 'pool',
    'prefetch-ahead': 'all',
  }),
  variation(searchGrammar, { width: '4-bit', batch: 'fours', 'prefetch-next': 'inserted', 'pool-size': '4' }),
  variation(searchGrammar, { reduction: 'pca-128', width: 'float32', batch: 'fours', stopping: 'patience' }),
  variation(searchGrammar, { width: '7-bit', layout: 'inlined', visited: 'bitset', edges: 'all' }),
];

describe('the grammar of search', () => {
  it('emits the seed that stands in seeds/', () => {
    expect(emit(seedChoices)).toBe(readFileSync(join(packageRoot, 'seeds/graph/search.hpp'), 'utf8'));
  });

  it('leaves nothing unused in a header, no line over 120 columns', () => {
    for (const header of headers) {
      expect(unusedNames(header, ofContract)).toEqual([]);
      expect(header.split('\n').filter((line) => line.length > 120)).toEqual([]);
      expect(header).not.toMatch(/\n\n\n|undefined/);
    }
  });

  it.for([0, 1])('emits headers that compile without warnings, half %i', async (half) => {
    const mine = headers.filter((_, i) => i % 2 === half);
    const instances = mine.map((_, i) =>
      ['squared_l2', 'inner_product']
        .map((metric) => `candidate::Search<annvil::Metric::${metric}>`)
        .map((type) => `template class v${i}::${type};\nstatic_assert(annvil::SearchCandidate<v${i}::${type}>);`)
        .join('\n'),
    );
    const source = `${together(mine, 'v')}\n${instances.join('\n')}\n`;
    await checkSyntax(source, half === 0 ? 'native' : 'x86-64-v3');
  });

  it.for([0, 1])('emits searches that find what is near, under the sanitizers, half %i', async (half) => {
    const mine = kinds.filter((_, i) => i % 2 === half);
    const calls = mine.map((choices, i) => {
      const name = Object.entries(choices).map(([key, value]) => `${key}=${value}`);
      return `behaviour::check<v${i}::candidate::Search, r0::candidate::Refinement>("${name.join(' ')}");`;
    });
    const source = `#include "behaviour.hpp"
${together(mine.map(emit), 'v')}
${together([emitRefinement(seedRefinement)], 'r')}
int main() {\n${calls.join('\n')}\n}\n`;
    expect(await runSanitized(source)).toBe('');
  });
});
