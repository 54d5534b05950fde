// Slot `probing`: the most probable bins, as many as the effort says (Neural LSH, ICLR 2020, multi-probe).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>

#include <annvil/neural-lsh/probing.hpp>

namespace candidate {

class Probing {
 public:
  explicit Probing(std::span<const std::uint32_t>) {}

  std::uint32_t probe(std::span<const float> scores, std::uint32_t effort, std::span<std::uint32_t> bins) const {
    std::iota(bins.begin(), bins.end(), 0u);
    const auto most = std::min(effort, static_cast<std::uint32_t>(bins.size()));
    const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
      const float of_a = scores[a], of_b = scores[b];
      return of_a > of_b || (of_a == of_b && a < b);
    };
    std::partial_sort(bins.begin(), bins.begin() + most, bins.end(), earlier);
    // Bins that a second level did not reach come last, and are not worth asking for.
    std::uint32_t count = 0;
    while (count < most && std::isfinite(scores[bins[count]])) ++count;
    return count;
  }
};

}  // namespace candidate
