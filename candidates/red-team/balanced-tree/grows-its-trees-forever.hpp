// Crime: goes on swapping vectors for as long as it is let.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include <annvil/balanced-tree/tree-update.hpp>

namespace candidate {

class TreeUpdate {
 public:
  explicit TreeUpdate(const annvil::TreeTask& task) : leaves_(task.shape.leaves()) {}
  void start(std::span<std::uint32_t> leaves) {
    for (std::uint32_t row = 0; row < leaves.size(); ++row) leaves[row] = row % leaves_;
    for (std::uint64_t turn = 0; leaves[0] < leaves_; ++turn) std::swap(leaves[turn % leaves.size()], leaves[turn * 7 % leaves.size()]);
  }
  void update(const annvil::BranchOdds&, std::span<std::uint32_t>) {}

 private:
  std::uint32_t leaves_;
};

}  // namespace candidate
