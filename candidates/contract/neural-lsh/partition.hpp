// Slot `partition` of the neural-lsh target: base vectors and their exact neighbours in, a bin for each vector out.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class Partition {
//    public:
//     std::vector<std::uint32_t> divide(annvil::Vectors base, const annvil::NeighbourTable& neighbours,
//                                       const annvil::PartitionRequest& request);
//   };
//   }
//
// Neural LSH (Dong, Indyk, Razenshteyn and Wagner, ICLR 2020) cuts the graph of nearest neighbours into balanced parts, so that
// few neighbours are parted; the router then learns to tell the part from the vector alone. It runs in the training process, on
// one thread, with nothing but its arguments: no queries, no clock.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include <annvil/neural-lsh/neighbours.hpp>

namespace annvil {

struct PartitionRequest {
  std::uint32_t bins = 0;
  double imbalance = 0;     // asked for: the largest bin may exceed the mean by this share
  std::uint64_t seed = 0;   // of all that is drawn
  // A partition of these very rows into these very bins by KaHIP's kaffpa over the graph of 10 neighbours; empty where there is none.
  std::span<const std::uint32_t> kahip;
};

template <class P>
concept PartitionCandidate = std::default_initializable<P> &&
                             requires(P partition, Vectors base, const NeighbourTable& neighbours, const PartitionRequest& request) {
  // The bin of each base row, below request.bins. Called once a level: first for the whole base, then, where there are two levels,
  // for the rows of each bin on their own (at least two rows a bin). Bins may come out empty. Deterministic given its arguments.
  // What it throws ends the training as the candidate's failure.
  { partition.divide(base, neighbours, request) } -> std::same_as<std::vector<std::uint32_t>>;
};

}  // namespace annvil
