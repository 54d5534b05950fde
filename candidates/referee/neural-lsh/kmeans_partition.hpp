// k-means, the partition of an inverted file: bins come in the order of their centroids' distances. With a second level, each
// cluster's rows are clustered again, and all leaves' centroids are compared.
#pragma once

#include <limits>
#include <numeric>

#include <annvil/learned/kmeans.hpp>

#include "space_partition.hpp"

namespace annvil::neural_lsh {

inline SpacePartition kmeans_partition(const Vectors& base, std::uint32_t bins, std::uint32_t second, std::uint64_t seed) {
  Clustering first = kmeans(base, bins, seed);
  auto centroids = std::make_shared<std::vector<float>>(std::move(first.centroids));
  SpacePartition partition;
  partition.bins = std::move(first.assignment);
  if (second > 1) {
    std::vector<std::vector<NodeId>> rows(bins);
    for (NodeId id = 0; id < base.count; ++id) rows[partition.bins[id]].push_back(id);
    // Of leaves that hold nothing: far away, so that they come last.
    centroids->assign(std::size_t{bins} * second * base.dimension, 1e15f);
    for (std::uint32_t bin = 0; bin < bins; ++bin) {
      if (rows[bin].empty()) continue;
      HugeArray<float> memory(rows[bin].size() * base.stride);
      for (std::size_t i = 0; i < rows[bin].size(); ++i) {
        std::copy_n(base[rows[bin][i]], base.stride, memory.data() + i * base.stride);
      }
      const Vectors part{memory.data(), static_cast<std::uint32_t>(rows[bin].size()), base.dimension, base.stride};
      const Clustering below = kmeans(part, std::min(second, part.count), seed + bin + 1);
      std::copy(below.centroids.begin(), below.centroids.end(), centroids->data() + std::size_t{bin} * second * base.dimension);
      for (std::size_t i = 0; i < rows[bin].size(); ++i) partition.bins[rows[bin][i]] = bin * second + below.assignment[i];
    }
  }
  const auto scan = std::make_shared<CentroidScan>(base.dimension, *centroids);
  partition.score = [scan](const float* query, std::span<float> scores) {
    scan->distances(query, scores.data());
    for (float& score : scores) score = -score;
  };
  return partition;
}

}  // namespace annvil::neural_lsh
