// Principal directions of some rows of the base.
#pragma once

#include <algorithm>
#include <numeric>

#include <annvil/distance.hpp>

#include "space_partition.hpp"

namespace annvil::neural_lsh {

inline std::vector<double> mean_of(const Vectors& base, std::span<const std::uint32_t> rows) {
  std::vector<double> mean(base.dimension);
  for (const std::uint32_t row : rows) {
    for (std::uint32_t i = 0; i < base.dimension; ++i) mean[i] += base[row][i];
  }
  for (double& value : mean) value /= std::max<double>(1, static_cast<double>(rows.size()));
  return mean;
}

// Makes `count` rows of directions orthonormal, in order (Gram-Schmidt, twice, as once leaves rounding errors). A direction that
// depends on those before it is drawn anew.
inline void make_orthonormal(std::uint32_t count, const Vectors& base, std::mt19937_64& random, float* directions) {
  for (std::uint32_t j = 0; j < count; ++j) {
    float* own = directions + std::size_t{j} * base.stride;
    for (int pass = 0; pass < 3; ++pass) {
      for (std::uint32_t i = 0; i < j; ++i) {
        const float* other = directions + std::size_t{i} * base.stride;
        const float along = dot(own, other, base.stride);
        for (std::uint32_t d = 0; d < base.dimension; ++d) own[d] -= along * other[d];
      }
      const float length = std::sqrt(dot(own, own, base.stride));
      if (length < 1e-20f) {
        draw_direction(random, base.dimension, own);
      } else {
        for (std::uint32_t d = 0; d < base.dimension; ++d) own[d] /= length;
      }
    }
  }
}

// Of each of `count` directions: what the mean of all rows has along it, so that projections can be centred.
inline std::vector<float> mean_along(const Vectors& base, std::uint32_t count, const float* directions) {
  std::vector<std::uint32_t> all(base.count);
  std::iota(all.begin(), all.end(), 0u);
  const std::vector<double> mean = mean_of(base, all);
  const auto centre = make_rows(1, base.stride);
  std::copy(mean.begin(), mean.end(), centre->begin());
  std::vector<float> along(count);
  for (std::uint32_t j = 0; j < count; ++j) along[j] = dot(centre->data(), directions + std::size_t{j} * base.stride, base.stride);
  return along;
}

// At most `most` of some rows, evenly spread.
inline std::vector<std::uint32_t> thinned(std::span<const std::uint32_t> rows, std::size_t most) {
  const std::size_t step = std::max<std::size_t>(1, rows.size() / most);
  std::vector<std::uint32_t> kept;
  for (std::size_t i = 0; i < rows.size(); i += step) kept.push_back(rows[i]);
  return kept;
}

// The `count` directions in which `rows` of the base vary most, as rows of base.stride floats (subspace iteration on the
// covariance, which is never formed).
inline void principal_directions(const Vectors& base, std::span<const std::uint32_t> rows, std::uint32_t count, std::uint32_t iterations,
                                 std::mt19937_64& random, float* directions) {
  const std::vector<double> mean = mean_of(base, rows);
  const auto centre = make_rows(1, base.stride);
  std::copy(mean.begin(), mean.end(), centre->begin());
  for (std::uint32_t j = 0; j < count; ++j) draw_direction(random, base.dimension, directions + std::size_t{j} * base.stride);
  make_orthonormal(count, base, random, directions);
  const auto next = make_rows(count, base.stride);
  std::vector<float> offsets(count);
  for (std::uint32_t iteration = 0; iteration < iterations; ++iteration) {
    std::fill(next->begin(), next->end(), 0.0f);
    for (std::uint32_t j = 0; j < count; ++j) offsets[j] = dot(centre->data(), directions + std::size_t{j} * base.stride, base.stride);
    for (const std::uint32_t row : rows) {
      for (std::uint32_t j = 0; j < count; ++j) {
        const float along = dot(base[row], directions + std::size_t{j} * base.stride, base.stride) - offsets[j];
        float* sum = next->data() + std::size_t{j} * base.stride;
        for (std::uint32_t i = 0; i < base.stride; ++i) sum[i] += along * (base[row][i] - centre->data()[i]);
      }
    }
    std::copy(next->begin(), next->end(), directions);
    make_orthonormal(count, base, random, directions);
  }
}

}  // namespace annvil::neural_lsh
