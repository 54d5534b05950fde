// Crime: makes the compiler instantiate templates without end.
#pragma once

#include <algorithm>
#include <tuple>

#include <annvil/distance.hpp>
#include <annvil/refinement.hpp>

namespace candidate {

template <int depth, class Path>
struct Tree {
  using Left = typename Tree<depth - 1, std::tuple<Path, int>>::Left;
  using Right = typename Tree<depth - 1, std::tuple<int, Path>>::Right;
};
template <class Path>
struct Tree<0, Path> {
  using Left = int;
  using Right = int;
};
using Endless = Tree<60, int>::Left;

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
  }

 private:
  annvil::Vectors base_;
};

}  // namespace candidate
