// Slot `duplication`: copies keys into the cluster that was predicted in vain, ordered by how many marked queries they
// serve, until a share of 0.2 of the marked queries is served (Ikeda, Miyashita & Deguchi 2025). Each round has an even
// part of the room.
#pragma once

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
    const std::vector<Pair> pairs = by_worth(marked);
    const std::size_t room = round.room / (round.rounds - round.number);
    const double wanted = 0.2 * static_cast<double>(marked.size());
    std::vector<annvil::Copy> copies;
    double served = 0;
    for (const Pair& pair : pairs) {
      if (copies.size() >= room || served >= wanted) break;
      if (holdings.holds(pair.copy.cluster, pair.copy.key)) continue;
      copies.push_back(pair.copy);
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
  static std::vector<Pair> by_worth(std::span<const annvil::Marked> marked) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, Pair> pairs;
    for (const annvil::Marked& mark : marked) {
      Pair& pair = pairs.try_emplace({mark.key, mark.cluster}, Pair{{mark.key, mark.cluster}, 0, 0.0}).first->second;
      ++pair.queries;
      pair.worth += 1.0;
    }
    std::vector<Pair> sorted;
    for (const auto& [which, pair] : pairs) sorted.push_back(pair);
    std::stable_sort(sorted.begin(), sorted.end(), [](const Pair& a, const Pair& b) { return a.worth > b.worth; });
    return sorted;
  }
};

}  // namespace candidate
