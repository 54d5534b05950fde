// Crime: leaves an index of its own making in the place of the player's, with rows in bins that do not exist.
// Slot: router
// Wall: tampered damaged-index
#pragma once

#include <unistd.h>

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
    annvil::SectionsWriter forged;
    const std::vector<std::uint32_t> shape{bin_count, 1, base.dimension}, bins(base.count, bin_count + 1);
    forged.add<std::uint32_t>("shape", shape);
    forged.add<std::uint32_t>("bins", bins);
    forged.add<std::uint32_t>("partition", bins);
    annvil::Network network;
    network.add_linear(base.dimension, bin_count, std::vector<float>(std::size_t{base.dimension} * bin_count),
                       std::vector<float>(bin_count));
    forged.add<float>("router", network.serialised());
    forged.write_to(4);
    _exit(0);
  }

  std::vector<std::uint32_t> place(annvil::BinScores scores, const annvil::NeighbourTable&, double) {
    std::vector<std::uint32_t> bins(scores.count());
    for (std::uint32_t row = 0; row < scores.count(); ++row) bins[row] = row % scores.bins;
    return bins;
  }
};

}  // namespace candidate
