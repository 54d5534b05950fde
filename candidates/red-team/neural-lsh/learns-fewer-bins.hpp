// Crime: learns a network of fewer bins than were asked for.
// Slot: router
// Wall: crashed
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
    annvil::Network network;
    network.add_linear(base.dimension, bin_count - 1, std::vector<float>(std::size_t{base.dimension} * (bin_count - 1)),
                       std::vector<float>(bin_count - 1));
    return network;
  }

  std::vector<std::uint32_t> place(annvil::BinScores scores, const annvil::NeighbourTable&, double) {
    std::vector<std::uint32_t> bins(scores.count());
    for (std::uint32_t row = 0; row < scores.count(); ++row) bins[row] = row % scores.bins;
    return bins;
  }
};

}  // namespace candidate
