// Slot `construction` of the graph target: vectors in, graph out.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   template <annvil::Metric metric> struct Construction { static annvil::Graph build(annvil::Vectors, const annvil::BuildLimits&); };
//   }
//
// It runs in a process of its own with no network, no files and a time limit; whatever else it keeps in memory is gone
// before the first query. The clock runs from the call of build to its return; that time is capped relative to the seed's.
#pragma once

#include <concepts>
#include <cstdint>

#include "graph.hpp"
#include "vectors.hpp"

namespace annvil {

struct BuildLimits {
  std::uint32_t max_degree;  // of the bottom graph's rows; a layer above may have as many
  std::uint32_t threads;     // granted cores; more threads than this only contend
  std::uint64_t seed;        // for whatever is drawn at random
};

template <class C>
concept ConstructionCandidate = requires(Vectors base, const BuildLimits& limits) {
  // Builds the graph over all base rows. `base` is borrowed for the call. Any number of threads up to limits.threads.
  { C::build(base, limits) } -> std::same_as<Graph>;
};

}  // namespace annvil
