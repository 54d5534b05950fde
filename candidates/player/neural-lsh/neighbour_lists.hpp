// The exact neighbours of the base in itself, as slots see them: without the rows themselves, and restricted to parts of the base.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <annvil/neural-lsh/neighbours.hpp>

#include "../learned/train_main.hpp"

namespace annvil::neural_lsh {

class NeighbourLists {
 public:
  // Of all rows: the `most` nearest others of each. Throws std::runtime_error where the file is not of this base.
  NeighbourLists(const Neighbours& file, std::uint32_t rows, std::uint32_t most) {
    if (file.count != rows || file.base_count != rows) throw std::runtime_error("the neighbours are of another base");
    starts_.push_back(0);
    for (std::uint32_t id = 0; id < rows; ++id) {
      std::uint32_t taken = 0;
      for (std::uint32_t i = 0; i < file.k && taken < most; ++i) {
        const NodeId other = file[id][i];
        // Equal rows may stand before the row itself. Where the base is small, places are empty.
        if (other == id || other >= rows) continue;
        ids_.push_back(other);
        ++taken;
      }
      starts_.push_back(ids_.size());
    }
  }

  // Of some rows of `whole`, numbered anew in their order.
  NeighbourLists(const NeighbourTable& whole, std::span<const NodeId> rows) {
    constexpr NodeId absent = no_node;
    std::vector<NodeId> own(whole.count(), absent);
    for (std::size_t i = 0; i < rows.size(); ++i) own[rows[i]] = static_cast<NodeId>(i);
    starts_.push_back(0);
    for (const NodeId row : rows) {
      for (const NodeId other : whole.nearest(row, ~0u)) {
        if (own[other] != absent) ids_.push_back(own[other]);
      }
      starts_.push_back(ids_.size());
    }
  }

  NeighbourTable table() const { return {starts_, ids_}; }

 private:
  std::vector<std::uint64_t> starts_;
  std::vector<NodeId> ids_;
};

}  // namespace annvil::neural_lsh
