// Crime: asks for a bin behind the last, whose vectors would be those of another's memory.
// Slot: probing
// Wall: tampered no-such-bin
#pragma once

#include <cstdint>
#include <span>

#include <annvil/neural-lsh/probing.hpp>

namespace candidate {

class Probing {
 public:
  explicit Probing(std::span<const std::uint32_t>) {}

  std::uint32_t probe(std::span<const float>, std::uint32_t, std::span<std::uint32_t> bins) const {
    bins[0] = static_cast<std::uint32_t>(bins.size());
    return 1;
  }
};

}  // namespace candidate
