// Crime: makes code writable while preparing, to leave out what would lock it.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <sys/mman.h>

#include <annvil/distance.hpp>
#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors base) : base_(base) {
    // The page this very code lies on: writable for a moment, then code again.
    auto* page = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(__builtin_extract_return_addr(__builtin_return_address(0))) / 4096 * 4096);
    if (mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) std::abort();
    if (mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0) std::abort();
  }
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
