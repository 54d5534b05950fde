// METIS (Karypis and Kumar, 1998) over a weighted, undirected graph.
#pragma once

#include <metis.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <annvil/vectors.hpp>

namespace annvil {

// Undirected: an edge stands in the rows of both its ends, with the same positive weight; no loops, none twice.
struct WeightedGraph {
  std::vector<std::uint64_t> starts;  // one more than nodes; the edges of node i are [starts[i], starts[i + 1])
  std::vector<NodeId> ends;
  std::vector<std::uint32_t> weights;

  std::uint32_t count() const { return static_cast<std::uint32_t>(starts.size() - 1); }
};

struct MetisOptions {
  std::uint32_t parts = 2;
  double imbalance = 0.03;         // the largest part may exceed the mean by this share
  std::uint64_t seed = 1;
  bool recursive = false;          // bisects again and again; false: k parts at once
  bool communication = false;      // k-way only: least communication volume in place of least cut weight
  std::uint32_t restarts = 1;      // of as many partitions the best is taken
  std::uint32_t refinements = 10;  // passes at each level of uncoarsening
};

// The part of each node. METIS keeps to the imbalance where it can; on odd graphs the largest part is somewhat larger. Throws
// std::invalid_argument for a graph too large for METIS' integers or options it refuses.
inline std::vector<std::uint32_t> metis_partition(const WeightedGraph& graph, const MetisOptions& options) {
  if (options.parts < 2) return std::vector<std::uint32_t>(graph.count());
  if (graph.ends.empty() || graph.count() <= options.parts) {
    // Nothing to cut, and METIS does not survive it.
    std::vector<std::uint32_t> dealt(graph.count());
    for (std::uint32_t node = 0; node < graph.count(); ++node) dealt[node] = node % options.parts;
    return dealt;
  }
  constexpr std::uint64_t largest = 2'147'483'647;
  if (graph.ends.size() > largest) throw std::invalid_argument("the graph has too many edges for METIS");
  std::vector<idx_t> starts(graph.starts.begin(), graph.starts.end());
  std::vector<idx_t> ends(graph.ends.begin(), graph.ends.end());
  std::vector<idx_t> weights(graph.weights.begin(), graph.weights.end());
  std::vector<idx_t> parts(graph.count());
  idx_t settings[METIS_NOPTIONS];
  METIS_SetDefaultOptions(settings);
  settings[METIS_OPTION_SEED] = static_cast<idx_t>(options.seed % largest);
  settings[METIS_OPTION_UFACTOR] = std::max<idx_t>(1, static_cast<idx_t>(options.imbalance * 1000));
  settings[METIS_OPTION_NCUTS] = static_cast<idx_t>(options.restarts);
  settings[METIS_OPTION_NITER] = static_cast<idx_t>(options.refinements);
  if (options.communication) settings[METIS_OPTION_OBJTYPE] = METIS_OBJTYPE_VOL;
  idx_t nodes = static_cast<idx_t>(graph.count()), constraints = 1, count = static_cast<idx_t>(options.parts), cut = 0;
  const auto partition = options.recursive ? METIS_PartGraphRecursive : METIS_PartGraphKway;
  const int status = partition(&nodes, &constraints, starts.data(), ends.data(), nullptr, nullptr, weights.data(), &count, nullptr,
                               nullptr, settings, &cut, parts.data());
  if (status != METIS_OK) throw std::invalid_argument("METIS refuses the graph (status " + std::to_string(status) + ")");
  return {parts.begin(), parts.end()};
}

}  // namespace annvil
