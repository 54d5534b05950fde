// A construction for tests: links each node to its nearest, found by comparing all, and to the next one, so that every node can be
// reached; and numbers the nodes backwards.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <annvil/construction.hpp>
#include <annvil/distance.hpp>
#include <annvil/graph.hpp>
#include <annvil/memory.hpp>
#include <annvil/parallel.hpp>
#include <annvil/vectors.hpp>

namespace candidate {

template <annvil::Metric metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits& limits) {
    annvil::Graph graph;
    graph.count = base.count;
    graph.degree = std::min(16u, limits.max_degree);
    graph.edges = annvil::HugeArray<annvil::NodeId>(std::size_t{graph.count} * graph.degree);
    std::fill(graph.edges.begin(), graph.edges.end(), annvil::no_node);
    graph.entry_points = {0};
    for (annvil::NodeId node = 0; node < base.count; ++node) graph.original_id.push_back(base.count - 1 - node);
    annvil::parallel_for(base.count, limits.threads, 8, [&](std::size_t i, std::uint32_t) {
      const auto node = static_cast<annvil::NodeId>(i);
      std::vector<annvil::Neighbour> near;
      const annvil::NodeId next = (node + 1) % base.count;
      for (annvil::NodeId other = 0; other < base.count; ++other) {
        if (other == node || other == next) continue;
        const float* row = base[graph.original_id[node]];
        near.push_back({annvil::distance<metric>(row, base[graph.original_id[other]], base.stride), other});
      }
      std::sort(near.begin(), near.end());
      annvil::NodeId* edges = graph.edges.data() + i * graph.degree;
      if (next != node) edges[0] = next;
      for (std::uint32_t j = 1; j < graph.degree && j <= near.size(); ++j) edges[j] = near[j - 1].id;
    });
    return graph;
  }
};

}  // namespace candidate
