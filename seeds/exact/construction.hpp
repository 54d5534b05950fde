// The oracle's graph: a ring, the least that the contract accepts. The oracle's search compares every row and needs none.
#pragma once

#include <cstdint>

#include <annvil/construction.hpp>
#include <annvil/graph.hpp>
#include <annvil/memory.hpp>
#include <annvil/vectors.hpp>

namespace candidate {

template <annvil::Metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits&) {
    annvil::Graph graph;
    graph.count = base.count;
    graph.degree = 1;
    graph.edges = annvil::HugeArray<annvil::NodeId>(base.count);
    graph.entry_points = {0};
    for (annvil::NodeId node = 0; node < base.count; ++node) {
      const annvil::NodeId next = (node + 1) % base.count;
      graph.edges[node] = next == node ? annvil::no_node : next;  // a single node must not name itself
    }
    return graph;
  }
};

}  // namespace candidate
