// Crime: holds every leaf to its capacity, and yet has one inner node with far more vectors than its share, where N leaves room in the
// leaves.
#pragma once

#include <cstdint>
#include <span>

#include <annvil/balanced-tree/tree-update.hpp>

namespace candidate {

class TreeUpdate {
 public:
  explicit TreeUpdate(const annvil::TreeTask& task) : task_(task) {}
  // Leaves are filled to the brim from the left: what is missing is missing in the last branch alone.
  void start(std::span<std::uint32_t> leaves) {
    const auto count = static_cast<std::uint32_t>(leaves.size());
    const std::uint32_t brim = task_.shape.capacity(count, task_.shape.height);
    for (std::uint32_t row = 0; row < count; ++row) leaves[row] = row / brim;
  }
  void update(const annvil::BranchOdds&, std::span<std::uint32_t>) {}

 private:
  annvil::TreeTask task_;
};

}  // namespace candidate
