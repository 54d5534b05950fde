// Crime (stop-rule): writes an answer of its own into the socket, before the player's.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <span>

#include <annvil/cluster-routing/stop-rule.hpp>

namespace candidate {

class StopRule {
 public:
  explicit StopRule(std::span<const std::uint32_t>) {}

  void order(std::span<annvil::Chance> chances) const {
    const std::uint32_t forged[] = {4, 0};
    if (write(4, forged, sizeof forged) < 0) chances[0].probability = 0;
  }

  bool stop(const annvil::Fetched& fetched, std::uint32_t effort) const { return fetched.clusters >= effort; }
};

}  // namespace candidate
