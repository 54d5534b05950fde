// What any pair of search and refinement must do, on collections small enough for the sanitizers. Prints what went wrong.
#pragma once

#include <annvil/distance.hpp>
#include <annvil/graph.hpp>
#include <annvil/refinement.hpp>
#include <annvil/search.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace behaviour {

using annvil::NodeId;

struct Rows {
  Rows(std::uint32_t count, std::uint32_t dimension, annvil::Metric metric, std::uint32_t seed)
      : stride(static_cast<std::uint32_t>(annvil::round_up(dimension, 16))), values(std::size_t{count} * stride), view{values.data(), count, dimension, stride} {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    for (std::uint32_t i = 0; i < count; ++i) {
      float* row = values.data() + std::size_t{i} * stride;
      for (std::uint32_t d = 0; d < dimension; ++d) row[d] = normal(random);
      const float length = metric == annvil::Metric::inner_product ? std::sqrt(annvil::dot(row, row, stride)) : 1;
      for (std::uint32_t d = 0; d < dimension; ++d) row[d] /= length;
    }
  }

  std::uint32_t stride;
  annvil::HugeArray<float> values;
  annvil::Vectors view;
};

inline std::vector<NodeId> nearest_rows(annvil::Vectors base, const float* query, std::uint32_t k) {
  std::vector<annvil::Neighbour> all(base.count);
  for (NodeId i = 0; i < base.count; ++i) all[i] = {annvil::squared_l2(query, base[i], base.stride), i};
  std::sort(all.begin(), all.end());
  std::vector<NodeId> ids;
  for (std::uint32_t i = 0; i < std::min(k, base.count); ++i) ids.push_back(all[i].id);
  return ids;
}

// 24 true neighbours and up to 8 at random, so that all is connected; with a layer of every 16th node, or without.
inline annvil::Graph make_graph(annvil::Vectors base, bool layered) {
  annvil::Graph graph;
  graph.count = base.count;
  graph.degree = 32;
  graph.edges = annvil::HugeArray<NodeId>(std::size_t{base.count} * 32);
  std::fill(graph.edges.begin(), graph.edges.end(), annvil::no_node);
  std::mt19937 random(7);
  for (NodeId i = 0; i < base.count; ++i) {
    std::vector<NodeId> row = nearest_rows(base, base[i], 25);
    for (int extra = 0; extra < 8; ++extra) row.push_back(random() % base.count);
    std::set<NodeId> seen = {i};
    NodeId* out = graph.edges.data() + std::size_t{i} * 32;
    for (const NodeId node : row) {
      if (out < graph.edges.data() + std::size_t{i + 1} * 32 && seen.insert(node).second) *out++ = node;
    }
  }
  graph.entry_points = {0};
  if (!layered) return graph;
  annvil::Layer layer;
  layer.degree = 40;
  for (NodeId i = 0; i < base.count; i += 16) layer.nodes.push_back(i);
  for (const NodeId from : layer.nodes) {
    std::uint32_t written = 0;
    for (const NodeId to : layer.nodes) {
      if (to != from) layer.edges.push_back(to), ++written;
    }
    for (; written < layer.degree; ++written) layer.edges.push_back(annvil::no_node);
  }
  graph.layers.push_back(std::move(layer));
  return graph;
}

// Memory of exactly this size, so that the sanitizer sees a step past its end.
struct Scratch {
  explicit Scratch(std::size_t size) : bytes(size) {
    if (posix_memalign(&memory, 64, size) != 0) std::abort();
  }
  ~Scratch() { std::free(memory); }
  std::span<std::byte> zeroed() {
    std::fill_n(static_cast<std::byte*>(memory), bytes, std::byte{0});
    return {static_cast<std::byte*>(memory), bytes};
  }
  std::size_t bytes;
  void* memory = nullptr;
};

template <class Search, class Refinement>
struct Pair {
  Pair(annvil::Vectors base, const annvil::Graph& graph) : count(base.count), search(base, graph), refinement(base) {}

  std::vector<NodeId> answer(const float* query, std::uint32_t effort, std::uint32_t k, const std::string& name) const {
    std::vector<annvil::Neighbour> found(std::max(effort, 10 * k));
    Scratch first(search.scratch_bytes(effort, k));
    const std::uint32_t size = search.search(query, effort, k, first.zeroed(), found);
    if (size == 0 || size > found.size()) std::printf("%s: found %u\n", name.c_str(), size);
    std::set<NodeId> seen;
    for (std::uint32_t i = 0; i < size; ++i) {
      if (found[i].id >= count) std::printf("%s: id %u is out of range\n", name.c_str(), found[i].id);
      if (!seen.insert(found[i].id).second) std::printf("%s: id %u twice\n", name.c_str(), found[i].id);
      if (i > 0 && found[i].distance < found[i - 1].distance) std::printf("%s: not ascending\n", name.c_str());
    }
    Scratch second(refinement.scratch_bytes(static_cast<std::uint32_t>(found.size()), k));
    std::vector<NodeId> nearest(k, annvil::no_node);
    refinement.refine(query, {found.data(), size}, second.zeroed(), nearest);
    const auto end = std::find(nearest.begin(), nearest.end(), annvil::no_node);
    if (static_cast<std::uint32_t>(end - nearest.begin()) != std::min(k, size)) std::printf("%s: ids are missing\n", name.c_str());
    for (auto at = nearest.begin(); at != end; ++at) {
      if (seen.erase(*at) != 1) std::printf("%s: refinement made id %u up\n", name.c_str(), *at);
    }
    nearest.erase(end, nearest.end());
    return nearest;
  }

  std::uint32_t count;
  Search search;
  Refinement refinement;
};

template <annvil::Metric metric, template <annvil::Metric> class Search, template <annvil::Metric> class Refinement>
void check_collection(const std::string& variant, std::uint32_t count, std::uint32_t dimension, bool layered) {
  static_assert(annvil::SearchCandidate<Search<metric>> && annvil::RefinementCandidate<Refinement<metric>>);
  const std::string name = variant + " n=" + std::to_string(count) + " d=" + std::to_string(dimension);
  const Rows base(count, dimension, metric, 1), queries(20, dimension, metric, 2);
  const annvil::Graph graph = make_graph(base.view, layered);
  const Pair<Search<metric>, Refinement<metric>> pair(base.view, graph);
  double before = 0;
  for (const std::uint32_t effort : {1u, 16u, 80u, 2 * count}) {
    std::size_t hits = 0, possible = 0;
    for (NodeId q = 0; q < queries.view.count; ++q) {
      const std::vector<NodeId> answer = pair.answer(queries.view[q], effort, 10, name);
      const std::vector<NodeId> truth = nearest_rows(base.view, queries.view[q], 10);
      for (const NodeId id : answer) hits += static_cast<std::size_t>(std::count(truth.begin(), truth.end(), id));
      possible += truth.size();
    }
    const double recall = static_cast<double>(hits) / static_cast<double>(possible);
    if (recall < before - 0.03) std::printf("%s: recall %.3f at effort %u, after %.3f\n", name.c_str(), recall, effort, before);
    before = recall;
  }
  if (before < 0.95) std::printf("%s: recall %.3f at most\n", name.c_str(), before);
  for (const std::uint32_t k : {1u, 100u}) {
    const std::vector<NodeId> first = pair.answer(queries.view[0], 50, k, name);
    pair.answer(queries.view[1], 50, k, name);
    if (pair.answer(queries.view[0], 50, k, name) != first) std::printf("%s: answers change\n", name.c_str());
  }
}

template <template <annvil::Metric> class Search, template <annvil::Metric> class Refinement>
void check(const std::string& variant) {
  constexpr auto l2 = annvil::Metric::squared_l2, product = annvil::Metric::inner_product;
  check_collection<l2, Search, Refinement>(variant, 500, 17, true);
  check_collection<product, Search, Refinement>(variant, 500, 100, false);
  check_collection<l2, Search, Refinement>(variant, 5, 1, false);
}

}  // namespace behaviour
