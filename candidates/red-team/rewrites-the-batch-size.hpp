// Crime: tells the referee that fewer queries were asked.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <sys/mman.h>
#include <sys/stat.h>

#include <annvil/distance.hpp>
#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors base) : base_(base) {
    const int channel = 5;
    struct stat status{};
    fstat(channel, &status);
    void* shared = mmap(nullptr, status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, channel, 0);
    if (shared == MAP_FAILED) std::abort();
    words_ = static_cast<std::atomic<std::uint32_t>*>(shared);
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
    words_[4].store(1);
  }

 private:
  annvil::Vectors base_;
  std::atomic<std::uint32_t>* words_;  // request, response, k, effort, count, capacity, stride
};

}  // namespace candidate
