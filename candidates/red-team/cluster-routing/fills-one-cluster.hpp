// Crime (duplication): spends all the room on one cluster, so that one fetch is a scan.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <annvil/cluster-routing/duplication.hpp>

namespace candidate {

class Duplication {
 public:
  Duplication(const annvil::RoutingTask&, std::uint64_t) {}

  std::vector<annvil::Copy> choose(std::span<const annvil::Marked>, const annvil::Holdings& holdings,
                                   const annvil::DuplicationRound& round) {
    std::vector<annvil::Copy> copies;
    for (std::uint32_t key = 0; key < holdings.keys() && copies.size() < round.room; ++key) {
      if (!holdings.holds(0, key)) copies.push_back({key, 0});
    }
    return copies;
  }
};

}  // namespace candidate
