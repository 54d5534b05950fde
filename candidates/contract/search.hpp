// Slot `search` of the graph target: one query and one effort in, approximate candidates out.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   template <annvil::Metric metric> class Search {
//    public:
//     Search(annvil::Vectors base, const annvil::Graph& graph);
//     std::size_t scratch_bytes(std::uint32_t effort, std::uint32_t k) const;
//     std::uint32_t search(const float* query, std::uint32_t effort, std::uint32_t k, std::span<std::byte> scratch,
//                          std::span<annvil::Neighbour> found) const;
//   };
//   }
//
// The constructor lays out whatever it likes (quantised codes, another order of edges, ...): one thread, its time and
// memory are capped relative to the seed's. After that the object is read-only: scratch is the only memory a query may
// change. That is enforced: before the first query all memory but scratch, `found`, the answers and the stack (8 MiB, wiped
// between batches) is made read-only and system calls end, so search must not allocate, lock, throw or write a member, or the
// attempt ends as `writes-outside-scratch` or `calls-the-kernel`. Queries come one at a time, on one thread.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "graph.hpp"
#include "vectors.hpp"

namespace annvil {

template <class S>
concept SearchCandidate = requires(const S& index, Vectors base, const Graph& graph, const float* query,
                                   std::uint32_t effort, std::uint32_t k, std::span<std::byte> scratch,
                                   std::span<Neighbour> found) {
  // base and graph outlive the object, so it may keep references. Node i of the graph is row i of base.
  S(base, graph);

  // Bytes of scratch that search wants at this effort and k: 64 MiB and 16 bytes a vector at most. Asked once a batch,
  // outside of any query.
  { index.scratch_bytes(effort, k) } -> std::same_as<std::size_t>;

  // Writes the best candidates it finds to the front of `found`, closest first by its own (approximate) distance, each
  // node at most once, and returns how many. `found` has room for max(effort, 10 k). `query` has base.stride floats, 64-byte
  // aligned, padded with zeros. `scratch` has the bytes asked for, 64-byte aligned, and is all zero at every call.
  // Effort >= 1 trades cost for recall: more effort must not mean less recall, and cost should fall with it.
  { index.search(query, effort, k, scratch, found) } -> std::same_as<std::uint32_t>;
};

}  // namespace annvil
