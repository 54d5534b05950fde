// hnswlib 0.6.2 (Debian's libhnswlib-dev) behind the contract's `search` slot, as the baseline that everyone knows: M = 16,
// efConstruction = 200, searched with ef = effort on one thread. Compiled and timed exactly as every other search.
#pragma once

#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include <annvil/parallel.hpp>
#include <annvil/search.hpp>

namespace candidate {

template <annvil::Metric metric>
class Search {
 public:
  Search(annvil::Vectors base, const annvil::Graph&) : base_(base) {
    if constexpr (metric == annvil::Metric::squared_l2) {
      space_ = std::make_unique<hnswlib::L2Space>(base.stride);
    } else {
      space_ = std::make_unique<hnswlib::InnerProductSpace>(base.stride);
    }
    index_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(space_.get(), base.count, 16, 200);
    index_->addPoint(base[0], 0);
    annvil::parallel_for(base.count - 1, std::thread::hardware_concurrency(), 64,
                         [&](std::size_t i, std::uint32_t) { index_->addPoint(base[i + 1], i + 1); });
  }

  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }

  std::uint32_t search(const float* query, std::uint32_t effort, std::uint32_t k, std::span<std::byte>,
                       std::span<annvil::Neighbour> found) const {
    index_->setEf(effort);
    auto nearest = index_->searchKnn(query, k);
    const auto count = static_cast<std::uint32_t>(nearest.size());
    for (std::uint32_t i = count; i-- > 0; nearest.pop()) {
      found[i] = {nearest.top().first, static_cast<annvil::NodeId>(nearest.top().second)};
    }
    return count;
  }

 private:
  annvil::Vectors base_;
  std::unique_ptr<hnswlib::SpaceInterface<float>> space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> index_;
};

}  // namespace candidate
