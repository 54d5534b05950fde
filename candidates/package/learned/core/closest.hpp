// The k closest of many rows, some of which may come more than once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

#include <annvil/vectors.hpp>

namespace annvil {

// Works in memory of the caller's: appending and tidying now and then beats a heap for every k, and drops copies by the way.
class Closest {
 public:
  static std::size_t room(std::size_t k) { return k + std::max<std::size_t>(k, 32); }

  // memory: room(k) places. k > 0.
  Closest(std::span<Neighbour> memory, std::size_t k) : memory_(memory), k_(k) {}

  void offer(const Neighbour& entry) {
    if (!(entry.distance <= farthest_)) return;
    if (entry.distance < nearest_) nearest_ = entry.distance;
    if (size_ == memory_.size()) tidy();
    memory_[size_++] = entry;
  }

  // Of all that was offered; infinite where nothing was.
  float nearest() const { return nearest_; }

  // At most k, each id once, ascending. Until the next offer.
  std::span<const Neighbour> sorted() {
    tidy();
    return memory_.first(size_);
  }

 private:
  // Copies of a row have its very distance, so that they come to stand side by side.
  void tidy() {
    const auto begin = memory_.begin(), end = begin + static_cast<std::ptrdiff_t>(size_);
    std::sort(begin, end);
    const auto last = std::unique(begin, end, [](const Neighbour& a, const Neighbour& b) { return a.id == b.id; });
    size_ = std::min(k_, static_cast<std::size_t>(last - begin));
    if (size_ == k_) farthest_ = memory_[k_ - 1].distance;
  }

  std::span<Neighbour> memory_;
  std::size_t k_, size_ = 0;
  float farthest_ = std::numeric_limits<float>::infinity(), nearest_ = std::numeric_limits<float>::infinity();
};

}  // namespace annvil
