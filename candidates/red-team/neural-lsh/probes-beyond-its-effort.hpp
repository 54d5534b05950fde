// Crime: looks into every bin at any effort. Nothing forbids it; it pays for all that it looks at.
// Slot: probing
// Wall: slower
#pragma once

#include <cstdint>
#include <numeric>
#include <span>

#include <annvil/neural-lsh/probing.hpp>

namespace candidate {

class Probing {
 public:
  explicit Probing(std::span<const std::uint32_t>) {}

  std::uint32_t probe(std::span<const float>, std::uint32_t, std::span<std::uint32_t> bins) const {
    std::iota(bins.begin(), bins.end(), 0u);
    return static_cast<std::uint32_t>(bins.size());
  }
};

}  // namespace candidate
