// Balanced partition of a graph by METIS' recursive bisection (Karypis & Kumar 1998), for trees that start from the data.
#pragma once

#include <metis.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace annvil {

// A graph in compressed rows: the neighbours of node i are targets[starts[i]] to targets[starts[i + 1] - 1]. Undirected: each edge stands
// at both of its ends, with the same weight; none leads to its own node.
struct WeightedGraph {
  std::vector<std::int32_t> starts, targets, weights;
};

// The part of each node, 0 to parts - 1. METIS holds parts within some 3 % of equal size, not exactly: whoever needs more moves nodes
// afterwards. Throws std::runtime_error where METIS refuses the graph.
inline std::vector<std::uint32_t> bisected(WeightedGraph graph, std::uint32_t parts, std::uint64_t seed) {
  static_assert(sizeof(idx_t) == sizeof(std::int32_t));
  auto nodes = static_cast<idx_t>(graph.starts.size() - 1), wanted = static_cast<idx_t>(parts);
  idx_t constraints = 1, cut = 0, options[METIS_NOPTIONS];
  METIS_SetDefaultOptions(options);
  options[METIS_OPTION_SEED] = static_cast<idx_t>(seed % 0x7fffffff);
  std::vector<idx_t> part(static_cast<std::size_t>(nodes));
  const int status = METIS_PartGraphRecursive(&nodes, &constraints, graph.starts.data(), graph.targets.data(), nullptr, nullptr,
                                              graph.weights.data(), &wanted, nullptr, nullptr, options, &cut, part.data());
  if (status != METIS_OK) throw std::runtime_error("METIS cannot partition the graph");
  return {part.begin(), part.end()};
}

}  // namespace annvil
