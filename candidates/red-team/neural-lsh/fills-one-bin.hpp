// Crime: puts every row into one bin, which any query finds at effort 1.
// Slot: router
// Wall: over-limit largest-bin
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
    network.add_linear(base.dimension, bin_count, std::vector<float>(std::size_t{base.dimension} * bin_count),
                       std::vector<float>(bin_count));
    return network;
  }

  std::vector<std::uint32_t> place(annvil::BinScores scores, const annvil::NeighbourTable&, double) {
    return std::vector<std::uint32_t>(scores.count(), 0);
  }
};

}  // namespace candidate
