// What any construction must deliver, on collections small enough for the sanitizers. Prints what is wrong.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include <annvil/construction.hpp>
#include <annvil/distance.hpp>
#include <annvil/graph.hpp>

namespace validity {

using annvil::no_node;
using annvil::NodeId;

struct Rows {
  // `distinct` different rows, in turn.
  Rows(std::uint32_t count, std::uint32_t distinct, annvil::Metric metric)
      : values(std::size_t{count} * stride), view{values.data(), count, 17, stride} {
    std::mt19937 random(count);
    std::normal_distribution<float> normal;
    for (std::uint32_t i = 0; i < count; ++i) {
      float* row = values.data() + std::size_t{i} * stride;
      if (i >= distinct) {
        std::copy_n(row - std::size_t{distinct} * stride, stride, row);
        continue;
      }
      std::generate_n(row, 17, [&] { return normal(random); });
      const float length = metric == annvil::Metric::inner_product ? std::sqrt(annvil::dot(row, row, stride)) : 1;
      std::for_each_n(row, 17, [&](float& value) { value /= length; });
    }
  }

  static constexpr std::uint32_t stride = 32;
  annvil::HugeArray<float> values;
  annvil::Vectors view;
};

// The first rule that the rows of ids break, or nothing.
inline const char* row_fault(const NodeId* row, std::uint32_t degree, NodeId node, std::uint32_t count) {
  const NodeId* end = std::find(row, row + degree, no_node);
  if (std::any_of(end, row + degree, [](NodeId id) { return id != no_node; })) return "a link after the padding";
  if (std::any_of(row, end, [&](NodeId id) { return id >= count; })) return "an id out of range";
  if (std::find(row, end, node) != end) return "a link to the node itself";
  std::vector<NodeId> ids(row, end);
  std::sort(ids.begin(), ids.end());
  return std::adjacent_find(ids.begin(), ids.end()) == ids.end() ? nullptr : "a link twice";
}

inline const char* fault(const annvil::Graph& graph, std::uint32_t count, std::uint32_t max_degree) {
  if (graph.count != count) return "another count";
  if (graph.degree < 1 || graph.degree > max_degree) return "a degree beyond the limit";
  if (graph.edges.size() != std::size_t{count} * graph.degree) return "edges of another size";
  for (NodeId node = 0; node < count; ++node) {
    if (const char* broken = row_fault(graph.row(node), graph.degree, node, count)) return broken;
  }

  if (graph.entry_points.empty()) return "no entry point";
  std::vector<bool> reached(count);
  std::vector<NodeId> waiting;
  std::uint32_t reachable = 0;
  const auto reach = [&](NodeId id) {
    if (reached[id]) return;
    reached[id] = true;
    ++reachable;
    waiting.push_back(id);
  };
  for (const NodeId id : graph.entry_points) {
    if (id >= count) return "an entry point out of range";
    reach(id);
  }
  while (!waiting.empty()) {
    const NodeId* row = graph.row(waiting.back());
    waiting.pop_back();
    for (std::uint32_t i = 0; i < graph.degree && row[i] != no_node; ++i) reach(row[i]);
  }
  if (reachable < count) return "nodes out of reach";

  for (const annvil::Layer& layer : graph.layers) {
    if (layer.degree < 1 || layer.degree > max_degree) return "a layer's degree beyond the limit";
    if (layer.nodes.empty() || layer.nodes.back() >= count) return "a layer's node out of range";
    if (std::adjacent_find(layer.nodes.begin(), layer.nodes.end(), std::greater_equal()) != layer.nodes.end()) {
      return "a layer's nodes out of order";
    }
    if (layer.edges.size() != layer.nodes.size() * layer.degree) return "a layer's edges of another size";
    for (std::size_t i = 0; i < layer.nodes.size(); ++i) {
      const NodeId* row = layer.edges.data() + i * layer.degree;
      if (const char* broken = row_fault(row, layer.degree, layer.nodes[i], count)) return broken;
      for (std::uint32_t j = 0; j < layer.degree && row[j] != no_node; ++j) {
        if (!std::binary_search(layer.nodes.begin(), layer.nodes.end(), row[j])) return "a link out of its layer";
      }
    }
  }
  for (const NodeId entry : graph.entry_points) {
    if (graph.layers.empty()) break;
    const auto& top = graph.layers.front().nodes;
    if (!std::binary_search(top.begin(), top.end(), entry)) return "an entry point below the top layer";
  }

  if (graph.original_id.empty()) return nullptr;
  std::vector<NodeId> ids = graph.original_id;
  std::sort(ids.begin(), ids.end());
  bool permutation = ids.size() == count;
  for (NodeId i = 0; permutation && i < count; ++i) permutation = ids[i] == i;
  return permutation ? nullptr : "a renumbering that is none";
}

template <template <annvil::Metric> class Construction, annvil::Metric metric>
void check_metric(const char* name, std::uint32_t threads) {
  struct {
    std::uint32_t count, distinct, max_degree;
  } const collections[] = {{1, 1, 64}, {2, 2, 64}, {2, 1, 64}, {33, 33, 5}, {400, 1, 64}, {1000, 50, 64}, {1000, 1000, 64}};
  for (const auto& [count, distinct, max_degree] : collections) {
    const Rows rows(count, distinct, metric);
    const annvil::Graph graph = Construction<metric>::build(rows.view, {max_degree, threads, 1});
    if (const char* broken = fault(graph, count, max_degree)) {
      std::printf("%s: %u rows, %u distinct, %u threads: %s\n", name, count, distinct, threads, broken);
    }
  }
}

template <template <annvil::Metric> class Construction>
void check(const char* name) {
  check_metric<Construction, annvil::Metric::squared_l2>(name, 1);
  check_metric<Construction, annvil::Metric::inner_product>(name, 2);
}

}  // namespace validity
