// The clusters that a base is stored in: the same for a trained index and for the baselines, so that they are compared on equal ones.
#pragma once

#include <algorithm>
#include <cstdint>

#include "../learned/kmeans.hpp"

namespace annvil {

// k-means over all rows where they are few, else over 65,536 or 128 a cluster, whichever is more.
inline Clustering storage_clusters(const Vectors& base, std::uint32_t clusters, std::uint64_t seed) {
  constexpr std::uint32_t iterations = 20, least_sample = 65'536, least_each = 128;
  return kmeans(base, clusters, seed, iterations, std::max(least_each, least_sample / std::max(clusters, 1u)));
}

}  // namespace annvil
