// What the referee and the served index say to each other. Little-endian, packed as written here.
//
//   questions:  u32 kind = 1, u32 efforts, u32 count, u32 dimension, then count * dimension float32
//     answer:   count * clusters u32: for each query the clusters in the order in which it wants them
//   fetched:    u32 kind = 2, u32 count, then count Fetch records, each about a query of the last questions
//     answer:   count u32: how many efforts, counted from the lowest, are content with what has been fetched. It never falls, and
//               once all are content the query is not mentioned again
//
// So a rule learns what a cluster brought only after all efforts that go on have paid for it.
#pragma once

#include <cstdint>

namespace annvil::routing {

enum class Kind : std::uint32_t { questions = 1, fetched = 2 };

struct Fetch {
  std::uint32_t query;
  std::uint32_t clusters;  // fetched so far, in the order wanted
  std::uint32_t vectors;   // in these
  float best_squared;      // squared distance of the nearest vector in these
};

}  // namespace annvil::routing
