// Slot `duplication` of the target cluster-routing: after a phase of training, picks which vectors are copied into which clusters
// (Ikeda, Miyashita & Deguchi 2025, the duplication step).
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class Duplication {
//    public:
//     Duplication(const annvil::RoutingTask& task, std::uint64_t seed);
//     std::vector<annvil::Copy> choose(std::span<const annvil::Marked> marked, const annvil::Holdings& holdings,
//                                      const annvil::DuplicationRound& round);
//   };
//   }
//
// The paper marks the queries whose most probable cluster lacks their key, and copies the top fifth of the marked pairs. A copy costs
// whoever fetches its cluster one vector more, so it must serve often; the reward takes 0.1 (copies a vector - 1) besides.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "holdings.hpp"
#include "predictor.hpp"

namespace annvil {

// A training query whose most probable cluster does not hold its key.
struct Marked {
  std::uint32_t query;
  std::uint32_t key;
  std::uint32_t cluster;  // the most probable one
  float probability;      // of that cluster
  float held;             // of all clusters that hold the key, together
};

struct DuplicationRound {
  std::uint32_t number;  // 0 is the first
  std::uint32_t rounds;  // in all
  std::size_t room;      // copies that the cap leaves, now and for the rounds to come
};

template <class D>
concept DuplicationCandidate = requires(D& duplication, const RoutingTask& task, std::uint64_t seed, std::span<const Marked> marked,
                                        const Holdings& holdings, const DuplicationRound& round) {
  // task outlives the object.
  D(task, seed);

  // Copies to make, round.room at most, none twice and none into a cluster that holds the key. Holdings are as they stood when `marked` was
  // made; the copies are added by the caller.
  { duplication.choose(marked, holdings, round) } -> std::same_as<std::vector<Copy>>;
};

}  // namespace annvil
