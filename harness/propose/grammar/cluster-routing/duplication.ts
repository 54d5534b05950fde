import type { Choices, Decision } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { comment, lines } from '../part.ts';

/** What a duplication can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'worth', options: ['queries', 'lost', 'confidence', 'queries-a-vector'] },
  { name: 'share', options: ['0.2', '0.5', '1'] },
  { name: 'least', options: ['1', '2', '3'] },
  { name: 'rounds', options: ['even', 'at-once'] },
  { name: 'largest', options: ['any', '1.5', '1.25'] },
];

/** The paper's: a fifth of what is marked, most served first. */
export const seedChoices: Choices = { worth: 'queries', share: '0.2', least: '1', rounds: 'even', largest: 'any' };

const worths: Record<string, readonly [about: string, expression: string]> = {
  queries: ['how many marked queries they serve', '1.0'],
  lost: ['the probability that their queries give to clusters without the key', '1.0 - mark.held'],
  confidence: ['how sure the predictor was of that cluster, summed over the queries they serve', 'mark.probability'],
  'queries-a-vector': [
    "how many marked queries they serve, in proportion to the cluster's size",
    '1.0 / (1.0 + holdings.size(mark.cluster))',
  ],
};

/** The header of the duplication that these choices describe. */
export function emit(choices: Choices): string {
  const { worth, share, least, rounds, largest } = choices;
  const [about, expression] = worths[worth!]!;
  const limited = largest !== 'any';
  return lines(
    comment([
      `Slot \`duplication\`: copies keys into the cluster that was predicted in vain, ordered by ${about}, until ${share === '1' ? 'all' : `a share of ${share}`} of the marked queries is served`,
      '(Ikeda, Miyashita & Deguchi 2025).',
      ...(least === '1' ? [] : [`A copy serves ${least} marked queries at least.`]),
      rounds === 'even' ? 'Each round has an even part of the room.' : 'The first round may take all the room.',
      ...(limited ? [`No cluster grows beyond ${largest} times the mean.`] : []),
    ]),
    `#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <annvil/cluster-routing/duplication.hpp>

namespace candidate {

class Duplication {
 public:
  Duplication(const annvil::RoutingTask&, std::uint64_t) {}

  std::vector<annvil::Copy> choose(std::span<const annvil::Marked> marked, const annvil::Holdings& holdings,
                                   const annvil::DuplicationRound& round) {
    const std::vector<Pair> pairs = by_worth(marked${worth === 'queries-a-vector' ? ', holdings' : ''});
    const std::size_t room = ${rounds === 'even' ? 'round.room / (round.rounds - round.number)' : 'round.room'};
    const double wanted = ${share} * static_cast<double>(marked.size());`,
    limited &&
      `    const double largest = ${largest} * static_cast<double>(holdings.total()) / holdings.clusters();
    std::vector<std::uint32_t> sizes(holdings.clusters());
    for (std::uint32_t c = 0; c < holdings.clusters(); ++c) sizes[c] = holdings.size(c);`,
    `    std::vector<annvil::Copy> copies;
    double served = 0;
    for (const Pair& pair : pairs) {
      if (copies.size() >= room || served >= wanted) break;`,
    least !== '1' && `      if (pair.queries < ${least}) continue;`,
    !limited && `      if (holdings.holds(pair.copy.cluster, pair.copy.key)) continue;`,
    limited &&
      `      if (holdings.holds(pair.copy.cluster, pair.copy.key) || sizes[pair.copy.cluster] + 1 > largest) continue;
      ++sizes[pair.copy.cluster];`,
    `      copies.push_back(pair.copy);
      served += pair.queries;
    }
    return copies;
  }

 private:
  struct Pair {
    annvil::Copy copy;
    std::uint32_t queries;
    double worth;
  };

  // Each pair of key and cluster once, the worthiest first; equal ones by key and cluster.
  static std::vector<Pair> by_worth(std::span<const annvil::Marked> marked${worth === 'queries-a-vector' ? ', const annvil::Holdings& holdings' : ''}) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, Pair> pairs;
    for (const annvil::Marked& mark : marked) {
      Pair& pair = pairs.try_emplace({mark.key, mark.cluster}, Pair{{mark.key, mark.cluster}, 0, 0.0}).first->second;
      ++pair.queries;
      pair.worth += ${expression};
    }
    std::vector<Pair> sorted;
    for (const auto& [which, pair] : pairs) sorted.push_back(pair);
    std::stable_sort(sorted.begin(), sorted.end(), [](const Pair& a, const Pair& b) { return a.worth > b.worth; });
    return sorted;
  }
};

}  // namespace candidate
`,
  );
}

/** What the grammar proposer knows of the slot `duplication`. */
export const duplicationGrammar: Grammar = { space, seedChoices, emit };
