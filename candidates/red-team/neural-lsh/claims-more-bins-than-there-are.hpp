// Crime: says that it wrote more bins than there is room for.
// Slot: probing
// Wall: tampered damaged-index
#pragma once

#include <cstdint>
#include <span>

#include <annvil/neural-lsh/probing.hpp>

namespace candidate {

class Probing {
 public:
  explicit Probing(std::span<const std::uint32_t>) {}

  std::uint32_t probe(std::span<const float>, std::uint32_t, std::span<std::uint32_t> bins) const {
    return static_cast<std::uint32_t>(bins.size()) + 1;
  }
};

}  // namespace candidate
