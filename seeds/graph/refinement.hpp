// Slot `refinement`: re-ranks all candidates by exact distances.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <annvil/distance.hpp>
#include <annvil/memory.hpp>
#include <annvil/refinement.hpp>
#include <annvil/vectors.hpp>

namespace candidate {

namespace refining {

// The base itself, exact.
template <annvil::Metric metric>
class Rows {
 public:
  explicit Rows(annvil::Vectors base) : base_(base) {}

  float distance(const float* query, annvil::NodeId id) const {
    const float* row = base_[id];
    return annvil::distance<metric>(query, row, base_.stride);
  }

  void prefetch(annvil::NodeId id) const {
    annvil::prefetch(base_[id], base_.stride * sizeof(float) / annvil::cache_line);
  }

 private:
  annvil::Vectors base_;
};

// The closest candidates so far, ascending. There are few: insertion beats a heap.
class Best {
 public:
  Best(annvil::Neighbour* entries, std::uint32_t capacity) : entries_(entries), capacity_(capacity) {}

  std::uint32_t size() const { return size_; }
  const annvil::Neighbour& operator[](std::uint32_t i) const { return entries_[i]; }

  void insert(const annvil::Neighbour& entry) {
    if (size_ == capacity_ && !(entry < entries_[size_ - 1])) return;
    std::uint32_t at = size_ < capacity_ ? size_++ : size_ - 1;
    for (; at > 0 && entry < entries_[at - 1]; --at) entries_[at] = entries_[at - 1];
    entries_[at] = entry;
  }

 private:
  annvil::Neighbour* entries_;
  std::uint32_t capacity_, size_ = 0;
};

}  // namespace refining

template <annvil::Metric metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors base) : rows_(base) {}

  std::size_t scratch_bytes(std::uint32_t, std::uint32_t k) const {
    return k * sizeof(annvil::Neighbour);
  }

  void refine(const float* vector, std::span<const annvil::Neighbour> candidates, std::span<std::byte> scratch,
              std::span<annvil::NodeId> nearest) const {
    const auto k = static_cast<std::uint32_t>(nearest.size());
    const std::uint32_t count = static_cast<std::uint32_t>(candidates.size());
    auto* entries = reinterpret_cast<annvil::Neighbour*>(scratch.data());
    refining::Best best(entries, k);
    constexpr std::uint32_t ahead = 1;
    for (std::uint32_t i = 0; i < std::min(ahead, count); ++i) rows_.prefetch(candidates[i].id);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i + ahead < count) rows_.prefetch(candidates[i + ahead].id);
      const annvil::NodeId id = candidates[i].id;
      best.insert({rows_.distance(vector, id), id});
    }
    for (std::uint32_t i = 0; i < best.size(); ++i) nearest[i] = best[i].id;
  }

 private:
  refining::Rows<metric> rows_;
};

}  // namespace candidate
