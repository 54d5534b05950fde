// The words of the balanced-tree target (BATL: Li et al., KDD 2023): a K-ary tree whose leaves hold equally many vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../vectors.hpp"

namespace annvil {

// Depth 0 is the root. Nodes of one depth are numbered from the left, so that branch b of node n is node n * branching + b one depth below,
// and a leaf's number is its path read as a number of base `branching`.
struct TreeShape {
  std::uint32_t branching = 0, height = 0;

  std::uint32_t nodes(std::uint32_t depth) const {
    std::uint32_t count = 1;
    for (std::uint32_t i = 0; i < depth; ++i) count *= branching;
    return count;
  }
  std::uint32_t leaves() const { return nodes(height); }
  // The node of that depth on the path to a leaf.
  std::uint32_t node_of(std::uint32_t leaf, std::uint32_t depth) const { return leaf / nodes(height - depth); }
  // Most vectors that a node of that depth may hold of `count` in all: ceil(count / branching^depth), the paper's capacity with alpha = 1.
  std::uint32_t capacity(std::uint32_t count, std::uint32_t depth) const { return (count + nodes(depth) - 1) / nodes(depth); }
};

// Vectors to train on, with their exact nearest rows of the base, closest first: the pairs (query, neighbour) of the paper. Row-major
// [queries.count][k]. Borrowed.
struct TrainingPairs {
  Vectors queries;
  std::uint32_t k = 0;
  const std::uint32_t* neighbours = nullptr;

  std::span<const std::uint32_t> of(std::uint32_t query) const { return {neighbours + std::size_t{query} * k, k}; }
};

}  // namespace annvil
