import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../core/paths.ts';
import { checkSource } from '../../../evaluate/check.ts';
import { checkSyntax, runSanitized, together } from '../testing/compile.ts';
import { everyOption, samples, unusedNames, variation } from '../testing/variants.ts';
import { constructionGrammar, emit, seedChoices } from './construction.ts';

const slot = (index: string, name: string) => readFileSync(join(packageRoot, 'seeds', index, `${name}.hpp`), 'utf8');
const full = process.env.ANNVIL_FULL === '1';
const headers = [
  ...new Set(
    [...everyOption(constructionGrammar), ...samples(constructionGrammar, full ? 100 : 10, 'build')].map(emit),
  ),
];

/** One of each kind of part, in few headers. */
const kinds = [
  {},
  {
    pruning: 'rank-0.62',
    fill: 'nearest',
    distances: 'u8',
    passes: '2',
    'relink-width': '64',
    renumbering: 'window',
    'layers-apart': 'yes',
  },
  { pruning: 'alpha-1.2', entry: 'medoid', order: 'random', renumbering: 'cuthill-mckee', edges: 'as-kept' },
  { pruning: 'tau-0.1', entry: 'centres-16', distances: 'u7', passes: '3', 'relink-width': '64', backward: 'pruned' },
  { pruning: 'angle-60', degree: '16', 'layer-ratio': '4', renumbering: 'breadth', passes: '2', backward: 'none' },
].map((given) => variation(constructionGrammar, given));

/** The program that builds with each header and prints what is wrong with its graphs. */
function program(sources: readonly string[], names: readonly string[]): string {
  const calls = names.map((name, i) => `validity::check<v${i}::candidate::Construction>("${name}");`);
  return `#include "${join(import.meta.dirname, 'construction/validity.hpp')}"
${together(sources, 'v')}
int main() {\n${calls.join('\n')}\n}\n`;
}

describe('the grammar of construction', () => {
  it('emits the seed that stands in seeds/', () => {
    expect(emit(seedChoices)).toBe(slot('graph', 'construction'));
  });

  it('leaves nothing unused in a header, no line over 120 columns', () => {
    for (const header of headers) {
      expect(unusedNames(header, ['Construction', 'build', 'alignas'])).toEqual([]);
      for (const [, name] of header.matchAll(/^(?:inline [\w:<>]+|using annvil::) ?(\w+)[(;]/gm)) {
        expect(header.match(new RegExp(`\\b${name}\\b`, 'g'))!.length, name).toBeGreaterThan(1);
      }
      expect(header.split('\n').filter((line) => line.length > 120)).toEqual([]);
      expect(header).not.toMatch(/\n\n\n|undefined|NaN/);
    }
  });

  it('emits nothing that the static rules reject', () => {
    expect(headers.map((header) => checkSource('construction', header)).filter(Boolean)).toEqual([]);
  });

  it.for([0, 1])('emits headers that compile without warnings, half %i', async (half) => {
    const mine = headers.filter((_, i) => i % 2 === half);
    const checks = mine.flatMap((_, i) =>
      ['squared_l2', 'inner_product'].map(
        (metric) =>
          `static_assert(annvil::ConstructionCandidate<v${i}::candidate::Construction<annvil::Metric::${metric}>>);`,
      ),
    );
    const source = `${together(mine, 'v')}\n${checks.join('\n')}\n`;
    for (const march of half === 0 ? ['native'] : ['x86-64-v3', 'x86-64']) await checkSyntax(source, march);
  });

  it.for([0, 1])('emits constructions whose graphs are valid, under the sanitizers, half %i', async (half) => {
    const mine = kinds.filter((_, i) => i % 2 === half);
    const names = mine.map((choices) => Object.values(choices).join(' '));
    expect(await runSanitized(program(mine.map(emit), names))).toBe('');
  });

  it('seeds a construction whose threads do not race', async () => {
    expect(await runThreadSanitized(program([slot('graph', 'construction')], ['seed']))).toBe('');
  });
});

describe('the oracle', () => {
  it('builds the least graph that is valid', async () => {
    expect(await runSanitized(program([slot('exact', 'construction')], ['exact']))).toBe('');
  });

  it('finds and passes on what is nearest', async () => {
    const source = `#include "behaviour.hpp"
${together([slot('exact', 'search')], 's')}
${together([slot('exact', 'refinement')], 'r')}
int main() {\n  behaviour::check<s0::candidate::Search, r0::candidate::Refinement>("exact");\n}\n`;
    expect(await runSanitized(source)).toBe('');
  });
});

/** Compiles with the thread sanitizer and runs. Returns what it printed. @throws diagnostics, or the sanitizer's report */
async function runThreadSanitized(source: string): Promise<string> {
  const execute = promisify(execFile);
  const folder = await mkdtemp(join(tmpdir(), 'annvil-threads-'));
  try {
    await mkdir(join(folder, 'include'));
    await symlink(join(packageRoot, 'candidates/contract'), join(folder, 'include/annvil'));
    await writeFile(join(folder, 'all.cpp'), source);
    const flags = ['-std=c++20', '-O1', '-march=native', '-fsanitize=thread', '-I', join(folder, 'include')];
    await execute('g++', [...flags, '-o', join(folder, 'all'), join(folder, 'all.cpp')]);
    return (await execute(join(folder, 'all'), [])).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
