// What balanced trees are measured against: k-means with as many clusters as a tree has leaves, probed from the nearest on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <annvil/balanced-tree/tree.hpp>
#include <annvil/learned/kmeans.hpp>

#include "../learned/examine_main.hpp"

namespace annvil::referee {

// One level of `leaves` clusters (method kmeans), or branching clusters of branching clusters each (tree-kmeans): cheaper to make, and
// probed by all of its leaves' centroids just so.
inline Clustering baseline_clusters(const Vectors& base, const TreeShape& shape, const std::string& method, std::uint64_t seed) {
  if (method == "kmeans") return kmeans(base, shape.leaves(), seed);
  if (method != "tree-kmeans") throw std::runtime_error("no baseline is called " + method);
  std::vector<std::uint32_t> nodes(base.count);
  for (std::uint32_t depth = 0; depth < shape.height; ++depth) {
    std::vector<std::vector<std::uint32_t>> members(shape.nodes(depth));
    for (std::uint32_t row = 0; row < base.count; ++row) members[nodes[row]].push_back(row);
    for (std::uint32_t node = 0; node < members.size(); ++node) {
      if (members[node].empty()) continue;
      std::vector<float> rows(members[node].size() * base.stride);
      for (std::size_t i = 0; i < members[node].size(); ++i)
        std::copy_n(base[members[node][i]], base.stride, rows.data() + i * base.stride);
      const Vectors part{rows.data(), static_cast<std::uint32_t>(members[node].size()), base.dimension, base.stride};
      const Clustering split = kmeans(part, std::min(shape.branching, part.count), seed + node);
      for (std::size_t i = 0; i < members[node].size(); ++i) nodes[members[node][i]] = node * shape.branching + split.assignment[i];
    }
  }
  Clustering result{base.dimension, std::vector<float>(std::size_t{shape.leaves()} * base.dimension), nodes};
  std::vector<float> counts(shape.leaves());
  for (std::uint32_t row = 0; row < base.count; ++row) {
    float* const centroid = result.centroids.data() + std::size_t{nodes[row]} * base.dimension;
    for (std::uint32_t d = 0; d < base.dimension; ++d) centroid[d] += base[row][d];
    ++counts[nodes[row]];
  }
  // A leaf without members keeps the origin: opening it costs nothing and finds nothing.
  for (std::size_t i = 0; i < result.centroids.size(); ++i) result.centroids[i] /= std::max(counts[i / base.dimension], 1.0f);
  return result;
}

// The clusters of a query, nearest first.
inline std::vector<std::uint32_t> probing_order(const CentroidScan& scan, const float* query) {
  std::vector<float> distances(scan.count());
  scan.distances(query, distances.data());
  std::vector<std::uint32_t> order(scan.count());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return distances[a] < distances[b] || (distances[a] == distances[b] && a < b); });
  return order;
}

}  // namespace annvil::referee
