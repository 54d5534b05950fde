// What construction hands over and search is given.
#pragma once

#include <cstdint>
#include <vector>

#include "memory.hpp"
#include "vectors.hpp"

namespace annvil {

// An upper layer: a sparser graph over some of the nodes, searched greedily to find where to enter the one below.
struct Layer {
  std::uint32_t degree = 0;
  std::vector<NodeId> nodes;  // ascending, in the graph's own numbering
  std::vector<NodeId> edges;  // nodes.size() rows of `degree` node ids (not positions), padded at the end with no_node
};

// A flat directed graph. Rows of `degree` node ids, padded at the end with no_node; no row names its own node or a node
// twice. It is checked when it leaves construction: ids in range, degree within the limit, at least one entry point.
struct Graph {
  std::uint32_t count = 0;
  std::uint32_t degree = 0;
  HugeArray<NodeId> edges;           // count * degree
  std::vector<NodeId> entry_points;  // at least one, best first
  std::vector<Layer> layers;         // topmost first; may be empty
  // Optional renumbering: original_id[i] is the base row of node i. Empty: node i is row i. Where it is given, search and
  // refinement see the base vectors in node order, and the player translates their answers back.
  std::vector<NodeId> original_id;

  const NodeId* row(NodeId id) const { return edges.data() + std::size_t{id} * degree; }
};

}  // namespace annvil
