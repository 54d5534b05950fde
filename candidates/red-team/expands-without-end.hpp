// Crime: makes the compiler write out a table larger than its disk.
#pragma once

#include <algorithm>

#include <annvil/distance.hpp>
#include <annvil/refinement.hpp>

namespace candidate {

inline constexpr auto table = [] {
  struct Table {
    int values[std::size_t{1} << 28] = {1};
  };
  return Table{};
}();

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
    if (table.values[nearest.size()] != 0) nearest[0] = annvil::no_node;
  }

 private:
  annvil::Vectors base_;
};

}  // namespace candidate
