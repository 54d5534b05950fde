// Slot `beam` of the balanced-tree target: which leaves of which trees a query opens, and which of their vectors are compared with it.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class Beam {
//    public:
//     Beam(std::span<const annvil::Decoder> trees, std::uint32_t vectors);
//     annvil::Choice search(const float* query, std::uint32_t effort, std::vector<annvil::Opened>& opened) const;
//   };
//   }
//
// Plain C++ without LibTorch, one thread. It never sees the vectors: the referee fills each opened leaf from the trees, sums the weights of
// the leaves that a vector lies in, compares the vectors that are chosen, and counts them. So cost is the vectors chosen, each once however
// many trees hold it.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include "decoder.hpp"

namespace annvil {

struct Opened {
  std::uint32_t tree, leaf;
  float weight;  // > 0, finite
};

// Chosen are the vectors whose weights sum to at least `least`; where these are more than `most`, the heaviest of them, equal ones by id.
struct Choice {
  float least;  // > 0, finite
  std::uint32_t most;
};

template <class B>
concept BeamCandidate = requires(const B& beam, std::span<const Decoder> trees, std::uint32_t vectors, const float* query,
                                 std::uint32_t effort, std::vector<Opened>& opened) {
  // `trees` outlive the object and have one shape. `vectors`: how many each tree holds.
  B(trees, vectors);

  // Writes the leaves to open into the empty `opened`, each at most once. `query`: the dimension's floats. `effort` from 1 to the leaves of
  // a tree: the paper's M, leaves a tree. More effort must not mean less recall.
  { beam.search(query, effort, opened) } -> std::same_as<Choice>;
};

}  // namespace annvil
