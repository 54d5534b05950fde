// What is stored of each dataset, and the lookups that were made into it: all that is judged.
#pragma once

#include <algorithm>
#include <numeric>

#include "trial.hpp"

namespace annvil::referee {

inline constexpr std::uint32_t no_point = 0xffffffff;

struct Structure {
  std::uint32_t positions, dimension;
  Table memory;                       // a row a dataset: positions * dimension
  std::vector<std::uint32_t> origin;  // [dataset][position]: the point that lies there, or no_point

  Structure(const LookupProblem& problem, std::size_t datasets)
      : positions(problem.positions()),
        dimension(problem.dimension),
        memory(problem.positions() * problem.dimension, datasets),
        origin(datasets * problem.positions(), no_point) {}

  std::span<float> at(std::size_t dataset, std::uint32_t position) { return memory[dataset].subspan(position * dimension, dimension); }
  std::span<const float> at(std::size_t dataset, std::uint32_t position) const {
    return memory[dataset].subspan(position * dimension, dimension);
  }

  // Stores a copy of a point.
  void store(const Trial& trial, std::size_t dataset, std::uint32_t position, std::uint32_t point) {
    std::ranges::copy(trial.point(dataset, point), at(dataset, position).begin());
    origin[dataset * positions + position] = point;
  }
  // Stores all points of a dataset, order[i] in position i.
  void store_all(const Trial& trial, std::size_t dataset, std::span<const std::uint32_t> order) {
    for (std::uint32_t i = 0; i < order.size(); ++i) store(trial, dataset, i, order[i]);
  }
};

// Points by ascending score, equal ones as they came: a permutation, whatever the scores.
inline std::vector<std::uint32_t> ascending(std::span<const float> scores) {
  std::vector<std::uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return scores[a] < scores[b]; });
  return order;
}

// [lookup][query]: the position that was read; no_point where a baseline had no use for another lookup.
using Lookups = std::vector<std::vector<std::uint32_t>>;

}  // namespace annvil::referee
