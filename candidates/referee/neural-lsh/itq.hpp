// Iterative quantisation (Gong and Lazebnik, CVPR 2011): the first b principal components, turned so that their signs lose least,
// are b bits of hash. Bins come in the order of the squared components whose signs they deny, summed.
#pragma once

#include "principal.hpp"
#include "small_matrix.hpp"

namespace annvil::neural_lsh {

inline SpacePartition itq(const Vectors& base, std::uint32_t bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> all(base.count);
  std::iota(all.begin(), all.end(), 0u);
  const auto directions = make_rows(bits, base.stride);
  principal_directions(base, thinned(all, 20'000), bits, 30, random, directions->data());
  const std::vector<float> offsets = mean_along(base, bits, directions->data());
  const auto project = [directions, offsets, bits, stride = base.stride](const float* row, double* out) {
    for (std::uint32_t b = 0; b < bits; ++b) out[b] = dot(row, directions->data() + std::size_t{b} * stride, stride) - offsets[b];
  };
  std::vector<double> projected(std::size_t{base.count} * bits);
  for (std::uint32_t row = 0; row < base.count; ++row) project(base[row], &projected[std::size_t{row} * bits]);

  // Alternates signs and the rotation that brings the components closest to them (50 times, as the paper).
  SquareMatrix rotation = random_rotation(bits, random);
  std::vector<double> turned(bits);
  for (int iteration = 0; iteration < 50; ++iteration) {
    SquareMatrix sums(bits);
    for (std::uint32_t row = 0; row < base.count; ++row) {
      const double* components = &projected[std::size_t{row} * bits];
      rotation.apply(components, turned.data());
      for (std::uint32_t b = 0; b < bits; ++b) {
        const double sign = turned[b] < 0 ? -1 : 1;
        for (std::uint32_t c = 0; c < bits; ++c) sums(b, c) += sign * components[c];
      }
    }
    rotation = orthogonal_factor(sums);
  }

  SpacePartition partition;
  partition.bins.resize(base.count);
  for (std::uint32_t row = 0; row < base.count; ++row) {
    rotation.apply(&projected[std::size_t{row} * bits], turned.data());
    for (std::uint32_t b = 0; b < bits; ++b) partition.bins[row] |= (turned[b] < 0 ? 0u : 1u) << b;
  }
  partition.score = [project, rotation, bits](const float* query, std::span<float> scores) {
    std::vector<double> components(bits), values(bits);
    project(query, components.data());
    rotation.apply(components.data(), values.data());
    for (std::size_t bin = 0; bin < scores.size(); ++bin) {
      double denied = 0;
      for (std::uint32_t b = 0; b < bits; ++b) {
        if ((values[b] < 0 ? 0u : 1u) != (bin >> b & 1)) denied += values[b] * values[b];
      }
      scores[bin] = static_cast<float>(-denied);
    }
  };
  return partition;
}

}  // namespace annvil::neural_lsh
