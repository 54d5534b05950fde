// Crime: moves work into the build: compares every vector with every other, and that many times over.
#pragma once

#include <algorithm>
#include <vector>

#include <annvil/construction.hpp>
#include <annvil/distance.hpp>

namespace candidate {

template <annvil::Metric metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits& limits) {
    annvil::Graph graph;
    graph.count = base.count;
    graph.degree = limits.max_degree;
    graph.edges = annvil::HugeArray<annvil::NodeId>(std::size_t{base.count} * graph.degree);
    graph.entry_points = {0};
    for (std::uint32_t pass = 0; pass < 100; ++pass) {
      for (annvil::NodeId node = 0; node < base.count; ++node) {
        std::vector<annvil::Neighbour> others;
        for (annvil::NodeId other = 0; other < base.count; ++other) {
          if (other != node) others.push_back({annvil::distance<metric>(base[node], base[other], base.stride), other});
        }
        std::partial_sort(others.begin(), others.begin() + graph.degree, others.end());
        for (std::uint32_t i = 0; i < graph.degree; ++i) graph.edges[std::size_t{node} * graph.degree + i] = others[i].id;
      }
    }
    return graph;
  }
};

}  // namespace candidate
