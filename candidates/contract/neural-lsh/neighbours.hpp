// Exact nearest neighbours of the base vectors among each other.
#pragma once

#include <cstdint>
#include <span>

#include <annvil/vectors.hpp>

namespace annvil {

// Borrowed. Row i lists the nearest others of base row i, closest first; never i itself. Rows differ in length where the table
// is of a part of the base: neighbours outside of the part are left out.
struct NeighbourTable {
  std::span<const std::uint64_t> starts;  // one more than rows; row i is ids[starts[i], starts[i + 1])
  std::span<const NodeId> ids;

  std::uint32_t count() const { return static_cast<std::uint32_t>(starts.size() - 1); }

  // The `most` closest neighbours of `id`, or all there are.
  std::span<const NodeId> nearest(NodeId id, std::uint32_t most) const {
    const std::uint64_t length = starts[id + 1] - starts[id];
    return ids.subspan(starts[id], length < most ? length : most);
  }
};

}  // namespace annvil
