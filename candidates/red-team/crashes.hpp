// Crime: reads where nothing is mapped.
#pragma once

#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors) {}
  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }
  void refine(const float*, std::span<const annvil::Neighbour> candidates, std::span<std::byte>,
              std::span<annvil::NodeId> nearest) const {
    volatile const int* nowhere = nullptr;
    if (*nowhere == 0) return;
    for (std::size_t i = 0; i < nearest.size() && i < candidates.size(); ++i) nearest[i] = candidates[i].id;
  }
};

}  // namespace candidate
