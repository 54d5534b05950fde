// Cross-polytope hashing (Andoni, Indyk, Laarhoven, Razenshteyn and Schmidt, NeurIPS 2015): the data, centred, is projected onto
// bins / 2 random orthogonal directions; the hash is the closest of their 2 x bins / 2 signed axes, the query's bins come in the
// order of closeness.
#pragma once

#include "principal.hpp"

namespace annvil::neural_lsh {

inline SpacePartition cross_polytope(const Vectors& base, std::uint32_t bins, std::uint64_t seed) {
  const std::uint32_t axes = bins / 2;
  std::mt19937_64 random(seed);
  const auto directions = make_rows(axes, base.stride);
  for (std::uint32_t j = 0; j < axes; ++j) draw_direction(random, base.dimension, directions->data() + std::size_t{j} * base.stride);
  // More axes than dimensions can't be orthogonal; they stay drawn then.
  if (axes <= base.dimension) make_orthonormal(axes, base, random, directions->data());
  const std::vector<float> offsets = mean_along(base, axes, directions->data());

  SpacePartition partition;
  partition.score = [directions, offsets, axes, stride = base.stride](const float* query, std::span<float> scores) {
    for (std::uint32_t j = 0; j < axes; ++j) {
      scores[2 * j] = dot(query, directions->data() + std::size_t{j} * stride, stride) - offsets[j];
      scores[2 * j + 1] = -scores[2 * j];
    }
  };
  partition.bins.resize(base.count);
  std::vector<float> scores(bins);
  for (std::uint32_t row = 0; row < base.count; ++row) {
    partition.score(base[row], scores);
    partition.bins[row] = static_cast<std::uint32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  }
  return partition;
}

}  // namespace annvil::neural_lsh
