// Crime: asks for the best bin again and again, in the hope that what is found counts each time.
// Slot: probing
// Wall: tampered bin-asked-twice
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include <annvil/neural-lsh/probing.hpp>

namespace candidate {

class Probing {
 public:
  explicit Probing(std::span<const std::uint32_t>) {}

  std::uint32_t probe(std::span<const float> scores, std::uint32_t effort, std::span<std::uint32_t> bins) const {
    const auto best = static_cast<std::uint32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    const auto count = std::min(effort, static_cast<std::uint32_t>(bins.size()));
    std::fill_n(bins.begin(), count, best);
    return count;
  }
};

}  // namespace candidate
