// Slot `refinement` of the graph target: approximate candidates in, the k final ids out.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   template <annvil::Metric metric> class Refinement {
//    public:
//     explicit Refinement(annvil::Vectors base);
//     std::size_t scratch_bytes(std::uint32_t candidates, std::uint32_t k) const;
//     void refine(const float* query, std::span<const annvil::Neighbour> candidates, std::span<std::byte> scratch,
//                 std::span<annvil::NodeId> nearest) const;
//   };
//   }
//
// The same rules as for search: the constructor may lay out codes of its own, the object is read-only afterwards, and so is all
// memory but scratch, `nearest` and the stack: refine must not allocate, lock or throw.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "vectors.hpp"

namespace annvil {

template <class R>
concept RefinementCandidate = requires(const R& refiner, Vectors base, const float* query, std::uint32_t count,
                                       std::uint32_t k, std::span<const Neighbour> candidates,
                                       std::span<std::byte> scratch, std::span<NodeId> nearest) {
  // base outlives the object.
  R(base);

  // Bytes of scratch that refine wants for up to `count` candidates. Asked once a batch, outside of any query.
  { refiner.scratch_bytes(count, k) } -> std::same_as<std::size_t>;

  // Writes the ids of the k = nearest.size() closest candidates, closest first by exact or better distances than search
  // had; ids that are missing stay no_node, as all are at the call. candidates come closest first by search's distances,
  // each node once. scratch as for search: the bytes asked for, 64-byte aligned, all zero.
  { refiner.refine(query, candidates, scratch, nearest) } -> std::same_as<void>;
};

}  // namespace annvil
