// Crime: keeps a note in the shared memory where no query lies.
#pragma once

#include <algorithm>

#include <annvil/distance.hpp>
#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors base) : base_(base) {}
  std::size_t scratch_bytes(std::uint32_t candidates, std::uint32_t) const { return candidates * sizeof(annvil::Neighbour); }
  void refine(const float* query, std::span<const annvil::Neighbour> candidates, std::span<std::byte> scratch,
              std::span<annvil::NodeId> nearest) const {
    auto* ranked = reinterpret_cast<annvil::Neighbour*>(scratch.data());
    std::copy(candidates.begin(), candidates.end(), ranked);
    // Distances anew at every comparison: without its crime it is plainly slower than the seed.
    std::sort(ranked, ranked + candidates.size(), [&](const annvil::Neighbour& a, const annvil::Neighbour& b) {
      return annvil::distance<metric>(query, base_[a.id], base_.stride) < annvil::distance<metric>(query, base_[b.id], base_.stride);
    });
    for (std::size_t i = 0; i < nearest.size() && i < candidates.size(); ++i) nearest[i] = ranked[i].id;
    auto* notes = (float*)query + 64 * base_.stride;
    notes[0] = notes[0] + 1;
  }

 private:
  annvil::Vectors base_;
};

}  // namespace candidate
