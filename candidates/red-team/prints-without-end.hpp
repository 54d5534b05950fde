// Crime: drowns its standard output and error.
#pragma once

#include <cstdio>

#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors) {}
  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }
  void refine(const float*, std::span<const annvil::Neighbour> candidates, std::span<std::byte>,
              std::span<annvil::NodeId> nearest) const {
    for (int line = 0; line < 100; ++line) {
      std::puts("{\"kind\": \"ran\", \"batches\": [{\"wallSeconds\": 1e-9, \"cpuSeconds\": 0, \"recall\": 1}]}");
      std::fputs("{\"kind\": \"ran\"}\n", stderr);
    }
    for (std::size_t i = 0; i < nearest.size() && i < candidates.size(); ++i) nearest[i] = candidates[i].id;
  }
};

}  // namespace candidate
