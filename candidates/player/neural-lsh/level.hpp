// One level of Neural LSH over some rows: divide, learn, place.
#pragma once

#include <annvil/learned/network.hpp>
#include <annvil/neural-lsh/partition.hpp>
#include <annvil/neural-lsh/router.hpp>

#include "base_scores.hpp"

namespace annvil::neural_lsh {

struct Level {
  std::vector<std::uint32_t> partition;  // the bin that the graph's cut gave each row
  std::vector<std::uint32_t> bins;       // and the one that the router sends it to
  Network router;
};

inline void require_bins(const std::vector<std::uint32_t>& bins, std::uint32_t rows, std::uint32_t count, const std::string& slot) {
  const auto refuse = [&](const std::string& what, std::size_t seen, std::uint32_t of) {
    throw std::runtime_error(slot + what + std::to_string(seen) + " of " + std::to_string(of));
  };
  if (bins.size() != rows) refuse(" gave bins to rows, ", bins.size(), rows);
  for (const std::uint32_t bin : bins) {
    if (bin >= count) refuse(" gave a row the bin ", bin, count);
  }
}

// Throws std::runtime_error where a slot hands over what its contract does not allow.
template <class Partition, class Router>
Level make_level(Partition& partition, Router& router, const Vectors& base, const NeighbourTable& neighbours,
                 const PartitionRequest& request, double limit) {
  Level level;
  level.partition = partition.divide(base, neighbours, request);
  require_bins(level.partition, base.count, request.bins, "partition");
  level.router = router.learn(base, neighbours, level.partition, request.bins);
  if (level.router.inputs() != base.dimension || level.router.outputs() != request.bins) {
    throw std::runtime_error("router learned a network of " + std::to_string(level.router.inputs()) + " inputs and " +
                             std::to_string(level.router.outputs()) + " outputs");
  }
  const std::vector<float> scores = base_scores(level.router, base);
  level.bins = router.place({scores, request.bins}, neighbours, limit);
  require_bins(level.bins, base.count, request.bins, "router");
  return level;
}

}  // namespace annvil::neural_lsh
