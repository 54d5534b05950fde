// Crime: puts rows into bins that do not exist, whose labels would be written behind the others.
// Slot: partition
// Wall: crashed
#pragma once

#include <cstdint>
#include <vector>

#include <annvil/neural-lsh/partition.hpp>

namespace candidate {

class Partition {
 public:
  std::vector<std::uint32_t> divide(annvil::Vectors base, const annvil::NeighbourTable&,
                                    const annvil::PartitionRequest& request) {
    return std::vector<std::uint32_t>(base.count, request.bins + 1'000'000);
  }
};

}  // namespace candidate
