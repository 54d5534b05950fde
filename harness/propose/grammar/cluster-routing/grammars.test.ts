import { describe, expect, it } from 'vitest';
import { checkSource } from '../../../evaluate/check.ts';
import { findLibTorch } from '../../../evaluate/learned/libtorch.ts';
import { checkSyntax, runSanitized, together } from '../testing/compile.ts';
import { describeLearnedGrammars, headersOf } from '../testing/learned-suite.ts';
import { clusterRoutingGrammars } from './grammars.ts';

describeLearnedGrammars(
  'cluster-routing',
  clusterRoutingGrammars,
  ['Predictor', 'Duplication', 'StopRule', 'train', 'scores', 'network', 'choose', 'order', 'stop'],
  checkSource,
);

const headers = (slot: keyof typeof clusterRoutingGrammars) => headersOf(clusterRoutingGrammars[slot], 8, slot);

describe('the grammars of cluster-routing', () => {
  it('emit predictors and duplications that compile without warnings', async () => {
    const predictors = headers('predictor').map(
      (_, i) => `static_assert(annvil::PredictorCandidate<v${i}::candidate::Predictor>);`,
    );
    const duplications = headers('duplication').map(
      (_, i) => `static_assert(annvil::DuplicationCandidate<w${i}::candidate::Duplication>);`,
    );
    const texts = [together(headers('predictor'), 'v'), together(headers('duplication'), 'w')];
    await checkSyntax(
      [...texts, ...predictors, ...duplications, ''].join('\n'),
      'native',
      (await findLibTorch()).flags,
    );
  }, 400_000);

  it('emit stop rules that name each cluster once and fetch more for more effort, under the sanitizers', async () => {
    const rules = headers('stop-rule');
    const calls = rules.map((_, i) => `check<v${i}::candidate::StopRule>(${i});`);
    const source = `${together(rules, 'v')}\n${stopBehaviour}\nint main() {\n${calls.join('\n')}\n}\n`;
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
