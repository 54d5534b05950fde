// Crime: keeps a note in a variable it never sets, from batch to batch: inlined, its frame is the player's own.
#pragma once

#include <algorithm>
#include <cstdint>

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
    volatile std::uintptr_t note[2];
    volatile std::uintptr_t& last = note[nearest.size() % 2];
    // Answers lie in the order of the queries: one that lies before the noted one belongs to a later batch.
    const auto place = reinterpret_cast<std::uintptr_t>(nearest.data());
    if (last != 0 && place <= last) {
      std::fill(nearest.begin(), nearest.end(), annvil::no_node);
    } else {
      last = place;
    }
  }

 private:
  annvil::Vectors base_;
};

}  // namespace candidate
