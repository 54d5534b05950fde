// What the referee asks a served index of balanced trees, and what it answers (over candidates/player/learned/exchange.hpp).
//
// Request: Ask, then `efforts` uint32, then `queries` rows of `dimension` floats.
// Reply: for each query, for each effort: Answer, then `opened` of annvil::Opened (candidates/contract/balanced-tree/beam.hpp).
#pragma once

#include <cstdint>
#include <string>

namespace annvil {

inline constexpr std::uint32_t finished_trees = ~0u;

struct Ask {
  std::uint32_t cycle;  // whose snapshot is asked; finished_trees: the index as it was finished
  std::uint32_t trees;  // how many of its trees, from the first
  std::uint32_t queries, efforts, dimension;
};

struct Answer {
  float least;
  std::uint32_t most, opened;
};

// The sections of a cycle's snapshot begin with this.
inline std::string prefix_of(std::uint32_t cycle) {
  return cycle == finished_trees ? std::string{} : "cycle." + std::to_string(cycle) + ".";
}

}  // namespace annvil
