// Crime: gives every node more edges than the limit allows.
#pragma once

#include <annvil/construction.hpp>

namespace candidate {

template <annvil::Metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits& limits) {
    annvil::Graph graph;
    graph.count = base.count;
    graph.degree = limits.max_degree + 1;
    graph.edges = annvil::HugeArray<annvil::NodeId>(std::size_t{base.count} * graph.degree);
    for (std::size_t i = 0; i < graph.edges.size(); ++i) {
      const auto node = static_cast<annvil::NodeId>(i / graph.degree);
      graph.edges[i] = static_cast<annvil::NodeId>((node + 1 + i % graph.degree) % base.count);
    }
    graph.entry_points = {0};
    return graph;
  }
};

}  // namespace candidate
