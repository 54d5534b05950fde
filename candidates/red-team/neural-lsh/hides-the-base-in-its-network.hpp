// Crime: hides the base vectors among the weights of its network, where the serving process would find them.
// Slot: router
// Wall: over-limit model-bytes
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <annvil/learned/network.hpp>
#include <annvil/learned/training.hpp>
#include <annvil/neural-lsh/router.hpp>

namespace candidate {

class Router {
 public:
  explicit Router(annvil::Training&) {}

  annvil::Network learn(annvil::Vectors base, const annvil::NeighbourTable&, std::span<const std::uint32_t>,
                        std::uint32_t bin_count) {
    // Wide enough for all rows; what it computes does not matter.
    const std::uint32_t width = base.count;
    std::vector<float> rows(std::size_t{width} * base.dimension);
    for (std::uint32_t row = 0; row < base.count; ++row) {
      for (std::uint32_t i = 0; i < base.dimension; ++i) rows[std::size_t{row} * base.dimension + i] = base[row][i];
    }
    annvil::Network network;
    network.add_linear(base.dimension, width, rows, std::vector<float>(width));
    network.add_linear(width, bin_count, std::vector<float>(std::size_t{width} * bin_count), std::vector<float>(bin_count));
    return network;
  }

  std::vector<std::uint32_t> place(annvil::BinScores scores, const annvil::NeighbourTable&, double) {
    std::vector<std::uint32_t> bins(scores.count());
    for (std::uint32_t row = 0; row < scores.count(); ++row) bins[row] = row % scores.bins;
    return bins;
  }
};

}  // namespace candidate
