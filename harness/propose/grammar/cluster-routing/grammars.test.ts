import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../core/paths.ts';
import { runSanitized, together } from '../testing/compile.ts';
import { everyOption, samples, unusedNames } from '../testing/variants.ts';
import { clusterRoutingGrammars } from './grammars.ts';

const ofContract = ['Predictor', 'Duplication', 'StopRule', 'train', 'scores', 'network', 'choose', 'order', 'stop'];
const grammars = Object.entries(clusterRoutingGrammars);
const drawn = grammars.map(([slot, grammar]) => {
  const choices = [...everyOption(grammar), ...samples(grammar, 8, slot)];
  return { slot, grammar, headers: [...new Set(choices.map(grammar.emit))] };
});
const headersOf = (slot: string) => drawn.find((one) => one.slot === slot)!.headers;

describe('the grammars of cluster-routing', () => {
  it.each(drawn)('emit the seed of $slot that stands in seeds/', ({ slot, grammar }) => {
    const seed = readFileSync(join(packageRoot, `seeds/cluster-routing/${slot}.hpp`), 'utf8');
    expect(grammar.emit(grammar.seedChoices)).toBe(seed);
  });

  it.each(drawn)('leave nothing unused in a header of $slot, and no line over 150 columns', ({ headers }) => {
    expect(headers.length).toBeGreaterThan(8);
    for (const header of headers) {
      expect(unusedNames(header, ofContract)).toEqual([]);
      expect(header.split('\n').filter((line) => line.length > 150)).toEqual([]);
      expect(header).not.toMatch(/\n\n\n|undefined/);
    }
  });

  it('emit predictors and duplications that compile without warnings', async () => {
    const predictors = headersOf('predictor').map(
      (_, i) => `static_assert(annvil::PredictorCandidate<v${i}::candidate::Predictor>);`,
    );
    const duplications = headersOf('duplication').map(
      (_, i) => `static_assert(annvil::DuplicationCandidate<w${i}::candidate::Duplication>);`,
    );
    const texts = [together(headersOf('predictor'), 'v'), together(headersOf('duplication'), 'w')];
    await checkWithLibTorch([...texts, ...predictors, ...duplications, ''].join('\n'));
  }, 400_000);

  it('emit stop rules that name each cluster once and fetch more for more effort, under the sanitizers', async () => {
    const headers = headersOf('stop-rule');
    const calls = headers.map((_, i) => `check<v${i}::candidate::StopRule>(${i});`);
    const source = `${together(headers, 'v')}\n${stopBehaviour}\nint main() {\n${calls.join('\n')}\n}\n`;
    expect(await runSanitized(source)).toBe('');
  }, 200_000);
});

/** What must hold of any stop rule; prints what does not. */
const stopBehaviour = `
#include <cstdio>
#include <vector>
template <class Rule> void check(int which) {
  static_assert(annvil::StopRuleCandidate<Rule>);
  const std::vector<std::uint32_t> sizes{10, 20, 30, 40, 50, 5, 0, 25};
  const Rule rule{std::span<const std::uint32_t>(sizes)};
  const std::vector<float> probabilities{0.3f, 0.25f, 0.2f, 0.1f, 0.08f, 0.05f, 0.0f, 0.02f};
  std::vector<annvil::Chance> order;
  for (std::uint32_t c = 0; c < 8; ++c) order.push_back({c, probabilities[c], sizes[c]});
  rule.order(order);
  std::vector<bool> named(8);
  for (const annvil::Chance& chance : order) {
    if (chance.cluster >= 8 || named[chance.cluster]) std::printf("%d names a cluster twice\\n", which);
    else named[chance.cluster] = true;
  }
  std::size_t before = 0, first = 0, last = 0;
  for (std::uint32_t effort = 1; effort <= 80; ++effort) {
    annvil::Fetched fetched{order, 0, 0, 0, 900, 6.5f, 0.5f};
    do {
      const annvil::Chance& next = order[fetched.clusters++];
      fetched.vectors += next.vectors;
      fetched.probability += next.probability;
      fetched.best_squared *= 0.9f;
    } while (fetched.clusters < 7 && !rule.stop(fetched, effort));
    if (fetched.clusters < before) std::printf("%d fetches fewer for effort %u\\n", which, effort);
    before = fetched.clusters;
    if (effort == 1) first = before;
    last = before;
  }
  if (first > 2) std::printf("%d cannot stop early: %zu clusters\\n", which, first);
  if (last < 6) std::printf("%d cannot go on: %zu clusters\\n", which, last);
}`;

async function checkWithLibTorch(source: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-grammar-'));
  try {
    await mkdir(join(folder, 'include'));
    await symlink(join(packageRoot, 'candidates/contract'), join(folder, 'include/annvil'));
    await writeFile(join(folder, 'all.cpp'), source);
    const flags = ['-std=c++20', '-march=native', '-fsyntax-only', '-Wall', '-Wextra', '-Werror'];
    const include = ['-I', join(folder, 'include'), '-isystem', '/usr/include/torch/csrc/api/include'];
    await promisify(execFile)('g++', [...flags, ...include, join(folder, 'all.cpp')], { maxBuffer: 2 ** 24 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
