// Slot `tree-update` of the balanced-tree target: which leaf each vector lies in, under hard balance.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class TreeUpdate {
//    public:
//     TreeUpdate(const annvil::TreeTask& task);
//     void start(std::span<std::uint32_t> leaves);
//     void update(const annvil::BranchOdds& odds, std::span<std::uint32_t> leaves);
//   };
//   }
//
// Plain C++, one thread, while the index is trained; one object is made a tree. Balance is hard: at every depth no node may hold more than
// shape.capacity(base.count, depth) vectors, which the referee counts again in the finished tree.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <span>

#include "tree.hpp"

namespace annvil {

struct TreeTask {
  TreeShape shape;
  Vectors base;  // borrowed, as are the pairs
  TrainingPairs pairs;
  std::uint64_t seed;  // of this tree
};

// What the router says: for each row of the base, the log-probabilities of the branches of `nodes[row]`, a node of that depth, into
// row-major [base.count][branching]. One call costs a pass of the decoder over the whole base.
using BranchOdds = std::function<void(std::uint32_t depth, std::span<const std::uint32_t> nodes, std::span<float> log_probabilities)>;

template <class U>
concept TreeUpdateCandidate = requires(U& update, const TreeTask& task, const BranchOdds& odds, std::span<std::uint32_t> leaves) {
  U(task);

  // The first tree, before anything is learned: writes the leaf of each row of the base.
  update.start(leaves);

  // The next tree: `leaves` holds the last one, and is overwritten.
  update.update(odds, leaves);
};

}  // namespace annvil
