// A partition of space that a trained one is held against.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include <annvil/memory.hpp>
#include <annvil/vectors.hpp>

namespace annvil::neural_lsh {

struct SpacePartition {
  std::vector<std::uint32_t> bins;  // of each base row
  // Writes a score a bin for a query of base.stride floats: the higher, the earlier the bin is probed.
  std::function<void(const float* query, std::span<float> scores)> score;
};

// Zero-filled rows of `stride` floats, aligned as the distance kernels want them. Shared, as a partition's scorer is copied.
inline std::shared_ptr<HugeArray<float>> make_rows(std::size_t count, std::uint32_t stride) {
  return std::make_shared<HugeArray<float>>(count * stride);
}

// A direction of unit length, uniform over the sphere; the padding stays zero.
inline void draw_direction(std::mt19937_64& random, std::uint32_t dimension, float* direction) {
  std::normal_distribution<float> normal;
  double sum = 0;
  for (std::uint32_t i = 0; i < dimension; ++i) {
    direction[i] = normal(random);
    sum += double{direction[i]} * direction[i];
  }
  const auto scale = static_cast<float>(1 / std::sqrt(sum));
  for (std::uint32_t i = 0; i < dimension; ++i) direction[i] *= scale;
}

}  // namespace annvil::neural_lsh
