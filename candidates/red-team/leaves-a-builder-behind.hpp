// Crime: leaves a process behind that could change the graph after it is checked.
#pragma once

#include <unistd.h>

#include <annvil/construction.hpp>
#include <annvil/distance.hpp>

namespace candidate {

template <annvil::Metric metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits& limits) {
    if (fork() == 0) {
      setsid();
      while (true) sleep(1000);
    }
    annvil::Graph graph;
    graph.count = base.count;
    graph.degree = 1;
    graph.edges = annvil::HugeArray<annvil::NodeId>(base.count);
    graph.entry_points = {limits.max_degree % base.count};
    for (annvil::NodeId node = 0; node < base.count; ++node) graph.edges[node] = (node + 1) % base.count;
    return graph;
  }
};

}  // namespace candidate
