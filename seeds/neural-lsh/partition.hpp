// Slot `partition`: cuts the graph of 10 nearest neighbours by KaHIP where its partition is handed in, else by METIS
// (Neural LSH, ICLR 2020, section 3).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <annvil/neural-lsh/metis.hpp>
#include <annvil/neural-lsh/neighbours.hpp>
#include <annvil/neural-lsh/partition.hpp>
#include <annvil/vectors.hpp>

namespace candidate {

namespace cutting {

constexpr std::uint32_t neighbour_count = 10;

// The 10 nearest neighbours of each row, both ways. An edge weighs 2 where each is among the other's, else 1.
inline annvil::WeightedGraph graph_of(const annvil::NeighbourTable& table) {
  // Ends in one number, and a weight: sorting brings the two ways of an edge together.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> edges;
  edges.reserve(std::size_t{2} * neighbour_count * table.count());
  for (annvil::NodeId id = 0; id < table.count(); ++id) {
    for (const annvil::NodeId other : table.nearest(id, neighbour_count)) {
      edges.emplace_back(std::uint64_t{id} << 32 | other, 1);
      edges.emplace_back(std::uint64_t{other} << 32 | id, 1);
    }
  }
  std::sort(edges.begin(), edges.end());
  annvil::WeightedGraph graph;
  graph.starts.assign(std::size_t{table.count()} + 1, 0);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto [ends, weight] = edges[i];
    if (i > 0 && ends == edges[i - 1].first) {
      graph.weights.back() += weight;
      continue;
    }
    graph.ends.push_back(static_cast<annvil::NodeId>(ends));
    graph.weights.push_back(weight);
    ++graph.starts[(ends >> 32) + 1];
  }
  for (std::size_t node = 0; node < table.count(); ++node) graph.starts[node + 1] += graph.starts[node];
  return graph;
}

}  // namespace cutting

class Partition {
 public:
  std::vector<std::uint32_t> divide(annvil::Vectors, const annvil::NeighbourTable& neighbours,
                                    const annvil::PartitionRequest& request) {
    if (!request.kahip.empty()) return {request.kahip.begin(), request.kahip.end()};
    annvil::MetisOptions options;
    options.parts = request.bins;
    options.imbalance = request.imbalance;
    options.seed = request.seed;
    return annvil::metis_partition(cutting::graph_of(neighbours), options);
  }
};

}  // namespace candidate
