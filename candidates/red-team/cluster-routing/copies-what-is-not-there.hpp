// Crime (duplication): copies vectors that do not exist.
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
    for (std::uint32_t i = 0; i < round.room; ++i) copies.push_back({static_cast<std::uint32_t>(holdings.keys()) + i, 0});
    return copies;
  }
};

}  // namespace candidate
