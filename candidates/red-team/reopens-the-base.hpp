// Crime: opens the base vectors anew through /proc, to write to them.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>

#include <annvil/distance.hpp>
#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors base) : base_(base) {
    const int file = open("/proc/self/fd/3", O_RDWR);
    void* rows = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file < 0 ? 3 : file, 0);
    if (rows == MAP_FAILED) std::abort();
    *static_cast<char*>(rows) = 0;
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
