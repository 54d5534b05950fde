// A graph as a flat sequence of 32-bit words: how it leaves the building process and enters the searching one.
//
//   magic "ANNVILG1" (2 words), count, degree, entry points, layers, 1 if renumbered
//   entry points; for each layer: degree, nodes, node ids, edges; original ids if renumbered; edges
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <annvil/graph.hpp>

#include "mapping.hpp"

namespace annvil {

using Words = std::vector<std::uint32_t>;

// Calls write(data, words) for each run of the image in order.
template <class Write>
void write_graph(const Graph& graph, Write&& write) {
  Words head(7);
  std::memcpy(head.data(), "ANNVILG1", 8);
  head[2] = graph.count;
  head[3] = graph.degree;
  head[4] = static_cast<std::uint32_t>(graph.entry_points.size());
  head[5] = static_cast<std::uint32_t>(graph.layers.size());
  head[6] = graph.original_id.empty() ? 0 : 1;
  write(head.data(), head.size());
  write(graph.entry_points.data(), graph.entry_points.size());
  for (const Layer& layer : graph.layers) {
    const std::uint32_t shape[] = {layer.degree, static_cast<std::uint32_t>(layer.nodes.size())};
    write(shape, 2);
    write(layer.nodes.data(), layer.nodes.size());
    write(layer.edges.data(), layer.edges.size());
  }
  write(graph.original_id.data(), graph.original_id.size());
  write(graph.edges.data(), graph.edges.size());
}

// Reads an image back. Throws std::runtime_error where its lengths do not add up; contents are check_graph's business.
inline Graph read_graph(const Mapping& mapping) {
  const auto* words = reinterpret_cast<const std::uint32_t*>(mapping.data());
  std::size_t left = mapping.size() / sizeof(std::uint32_t);
  const auto take = [&](std::size_t count) {
    if (count > left) throw std::runtime_error("the graph image is truncated");
    const auto* taken = words;
    words += count;
    left -= count;
    return taken;
  };
  const auto take_vector = [&](std::size_t count) {
    const auto* taken = take(count);
    return std::vector<NodeId>(taken, taken + count);
  };
  const auto* head = take(7);
  if (std::memcmp(head, "ANNVILG1", 8) != 0) throw std::runtime_error("this is no graph image");
  Graph graph;
  graph.count = head[2];
  graph.degree = head[3];
  const std::uint32_t layers = head[5];
  const bool renumbered = head[6] != 0;
  graph.entry_points = take_vector(head[4]);
  for (std::uint32_t i = 0; i < layers; ++i) {
    const auto* shape = take(2);
    Layer layer;
    layer.degree = shape[0];
    layer.nodes = take_vector(shape[1]);
    layer.edges = take_vector(std::size_t{shape[0]} * shape[1]);
    graph.layers.push_back(std::move(layer));
  }
  if (renumbered) graph.original_id = take_vector(graph.count);
  const std::size_t edges = std::size_t{graph.count} * graph.degree;
  const auto* taken = take(edges);
  graph.edges = HugeArray<NodeId>(edges);
  std::copy(taken, taken + edges, graph.edges.data());
  if (left != 0) throw std::runtime_error("the graph image has words left over");
  return graph;
}

// A row of edges keeps the contract: ids in range, padding at the end only, no self loop, nothing twice.
inline std::string row_fault(const NodeId* row, std::uint32_t degree, NodeId self, std::uint32_t count, Words& sorted) {
  sorted.clear();
  for (std::uint32_t i = 0; i < degree; ++i) {
    if (row[i] == no_node) {
      for (; i < degree; ++i) {
        if (row[i] != no_node) return "has an edge after its padding";
      }
      break;
    }
    if (row[i] >= count) return "names node " + std::to_string(row[i]) + " of " + std::to_string(count);
    if (row[i] == self) return "names itself";
    sorted.push_back(row[i]);
  }
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return "names a node twice";
  return {};
}

// What is wrong with the graph, or an empty string.
inline std::string graph_fault(const Graph& graph, std::uint32_t count) {
  if (graph.count != count) {
    return "the graph has " + std::to_string(graph.count) + " nodes for " + std::to_string(count) + " vectors";
  }
  if (graph.entry_points.empty()) return "the graph has no entry point";
  for (const NodeId entry : graph.entry_points) {
    if (entry >= count) return "entry point " + std::to_string(entry) + " is out of range";
  }
  Words sorted;
  for (NodeId node = 0; node < count; ++node) {
    const std::string fault = row_fault(graph.row(node), graph.degree, node, count, sorted);
    if (!fault.empty()) return "row " + std::to_string(node) + " " + fault;
  }
  for (std::size_t depth = 0; depth < graph.layers.size(); ++depth) {
    const Layer& layer = graph.layers[depth];
    const std::string where = "layer " + std::to_string(depth);
    const bool ascending = std::is_sorted(layer.nodes.begin(), layer.nodes.end(), std::less_equal<NodeId>()) ||
                           layer.nodes.size() < 2;
    if (!ascending) return where + "'s nodes are not ascending";
    if (!layer.nodes.empty() && layer.nodes.back() >= count) return where + " names a node out of range";
    for (std::size_t i = 0; i < layer.nodes.size(); ++i) {
      const NodeId* row = layer.edges.data() + i * layer.degree;
      const std::string fault = row_fault(row, layer.degree, layer.nodes[i], count, sorted);
      if (!fault.empty()) return where + ", node " + std::to_string(layer.nodes[i]) + " " + fault;
      for (const NodeId id : sorted) {
        if (!std::binary_search(layer.nodes.begin(), layer.nodes.end(), id)) {
          return where + " has an edge to node " + std::to_string(id) + ", which is not in it";
        }
      }
    }
  }
  if (!graph.original_id.empty()) {
    Words ids(graph.original_id);
    std::sort(ids.begin(), ids.end());
    for (std::uint32_t i = 0; i < count; ++i) {
      if (ids[i] != i) return "original_id is no permutation";
    }
  }
  return {};
}

}  // namespace annvil
