// Crime: never comes to an end.
// Slot: partition
// Wall: timed-out
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include <annvil/neural-lsh/partition.hpp>

namespace candidate {

class Partition {
 public:
  std::vector<std::uint32_t> divide(annvil::Vectors, const annvil::NeighbourTable&, const annvil::PartitionRequest&) {
    std::atomic<std::uint64_t> turns = 0;
    for (;;) ++turns;
  }
};

}  // namespace candidate
