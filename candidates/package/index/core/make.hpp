// From a caller's rows to an engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cores.hpp"
#include "engine.hpp"
#include "graph_image.hpp"
#include "input.hpp"
#include "node_order.hpp"
#include "operation.hpp"

namespace annvil {

struct GraphLimits {
  std::uint32_t max_degree, threads;
  std::uint64_t seed;
};

// Builds over rows `chosen` of the input. `passes`: steps of the build's loops for a row, as far as they are known; afterwards, as
// they were. Throws BadArgument, Cancelled.
template <Metric metric>
std::unique_ptr<Engine<metric>> make_engine(const Input& input, std::span<const std::uint32_t> chosen, const GraphLimits& limits,
                                            Operation& operation, const char* phase, double& passes) {
  const auto count = static_cast<std::uint32_t>(chosen.size());
  operation.enter("read rows", count);
  HugeArray<float> rows = prepare_rows<metric>(input, chosen, limits.threads);
  Vectors base{rows.data(), count, input.dimension, stride_of(input.dimension)};
  Graph graph;
  graph.count = count;
  if (count >= least_graph) {
    operation.enter(phase, passes * count);
    graph = candidate::Construction<metric>::build(base, {limits.max_degree, limits.threads, limits.seed});
    passes = operation.steps() / count;
    operation.enter("lay out", 1);
    if (const std::string fault = graph_fault(graph, count); !fault.empty()) {
      throw std::logic_error("the index code built a graph that cannot be: " + fault);
    }
    if (!graph.original_id.empty()) {
      rows = rows_in_node_order(base, graph);
      base.data = rows.data();
    }
  }
  return std::make_unique<Engine<metric>>(RowMemory(std::move(rows)), base, std::move(graph));
}

}  // namespace annvil
