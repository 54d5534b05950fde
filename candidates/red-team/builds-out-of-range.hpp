// Crime: hands over a graph whose edges lead outside of it.
#pragma once

#include <annvil/construction.hpp>

namespace candidate {

template <annvil::Metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits&) {
    annvil::Graph graph;
    graph.count = base.count;
    graph.degree = 1;
    graph.edges = annvil::HugeArray<annvil::NodeId>(base.count);
    for (annvil::NodeId node = 0; node < base.count; ++node) graph.edges[node] = node + 1;
    graph.entry_points = {0};
    return graph;
  }
};

}  // namespace candidate
