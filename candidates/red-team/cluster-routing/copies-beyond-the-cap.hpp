// Crime (duplication): copies everything everywhere, whatever room there is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <annvil/cluster-routing/duplication.hpp>

namespace candidate {

class Duplication {
 public:
  Duplication(const annvil::RoutingTask&, std::uint64_t) {}

  std::vector<annvil::Copy> choose(std::span<const annvil::Marked>, const annvil::Holdings& holdings, const annvil::DuplicationRound&) {
    std::vector<annvil::Copy> copies;
    for (std::uint32_t key = 0; key < holdings.keys(); ++key) {
      for (std::uint32_t c = 0; c < holdings.clusters(); ++c) {
        if (!holdings.holds(c, key)) copies.push_back({key, c});
      }
    }
    return copies;
  }
};

}  // namespace candidate
