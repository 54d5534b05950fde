import { describe, expect, it } from 'vitest';
import { checkSource } from '../../../evaluate/check.ts';
import { findLibTorch } from '../../../evaluate/learned/libtorch.ts';
import { checkSyntax, runSanitized, together } from '../testing/compile.ts';
import { describeLearnedGrammars, headersOf } from '../testing/learned-suite.ts';
import { variation } from '../testing/variants.ts';
import { neuralLshGrammars } from './grammars.ts';
import { partitionGrammar } from './partition.ts';

describeLearnedGrammars(
  'neural-lsh',
  neuralLshGrammars,
  ['Partition', 'Router', 'Probing', 'divide', 'learn', 'place', 'probe'],
  checkSource,
);

const headers = (slot: keyof typeof neuralLshGrammars) => headersOf(neuralLshGrammars[slot], 8, slot);

describe('the grammars of neural-lsh', () => {
  it('emit partitions and probings that compile without warnings', async () => {
    const partitions = headers('partition').map(
      (_, i) => `static_assert(annvil::PartitionCandidate<v${i}::candidate::Partition>);`,
    );
    const probings = headers('probing').map(
      (_, i) => `static_assert(annvil::ProbingCandidate<w${i}::candidate::Probing>);`,
    );
    const texts = [together(headers('partition'), 'v'), together(headers('probing'), 'w')];
    await checkSyntax([...texts, ...partitions, ...probings, ''].join('\n'));
  }, 60_000);

  it('emit routers that compile without warnings', async () => {
    const asserted = headers('router').map(
      (_, i) => `static_assert(annvil::RouterCandidate<v${i}::candidate::Router>);`,
    );
    await checkSyntax(
      [together(headers('router'), 'v'), ...asserted, ''].join('\n'),
      'native',
      (await findLibTorch()).flags,
    );
  }, 240_000);

  it('emit probings that ask for each bin once, best first, and for more where the effort grows, under the sanitizers', async () => {
    const calls = headers('probing').map((_, i) => `check<v${i}::candidate::Probing>();`);
    expect(
      await runSanitized(
        `${together(headers('probing'), 'v')}\n${probingBehaviour}\nint main() {\n${calls.join('\n')}\n}\n`,
      ),
    ).toBe('');
  }, 120_000);

  it("emits a partition that takes KaHIP's where it is handed in", async () => {
    const kahip = partitionGrammar.emit(variation(partitionGrammar, { method: 'kahip' }));
    expect(kahip).toContain('return {request.kahip.begin(), request.kahip.end()}');
    expect(partitionGrammar.emit(variation(partitionGrammar, { method: 'recursive' }))).not.toContain('request.kahip');
  });
});

/** Sizes, scores and what must hold of any probing. */
const probingBehaviour = `
#include <cstdio>
#include <cstdlib>
#include <limits>
template <class Probing> void check() {
  std::vector<std::uint32_t> sizes{10, 20, 30, 40, 50, 5, 0, 25};
  const Probing probing{std::span<const std::uint32_t>(sizes)};
  std::vector<float> scores{-0.4f, -2, -3, -1.9f, -6, -8, -5, -std::numeric_limits<float>::infinity()};
  std::vector<std::uint32_t> bins(sizes.size());
  std::uint32_t before = 0;
  for (std::uint32_t effort = 1; effort <= 8; ++effort) {
    const std::uint32_t count = probing.probe(scores, effort, bins);
    if (count < before || count < 1 || count > 7) std::printf("effort %u asks for %u bins after %u\\n", effort, count, before);
    before = count;
    std::vector<bool> asked(sizes.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      if (bins[i] == 7) std::printf("asks for a bin that was not reached\\n");
      if (asked[bins[i]]) std::printf("asks for a bin twice\\n");
      asked[bins[i]] = true;
    }
    if (effort == 8 && !asked[0]) std::printf("leaves the best bin out\\n");
  }
}`;
