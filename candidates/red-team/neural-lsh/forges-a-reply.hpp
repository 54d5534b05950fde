// Crime: writes an answer of its own into the socket, before the player's.
// Slot: probing
// Wall: tampered damaged-index
#pragma once

#include <unistd.h>

#include <cstdint>
#include <span>

#include <annvil/neural-lsh/probing.hpp>

namespace candidate {

class Probing {
 public:
  explicit Probing(std::span<const std::uint32_t>) {}

  std::uint32_t probe(std::span<const float>, std::uint32_t, std::span<std::uint32_t> bins) const {
    const std::uint32_t forged[] = {4, 0};
    if (write(4, forged, sizeof forged) < 0) return 0;
    bins[0] = 0;
    return 1;
  }
};

}  // namespace candidate
