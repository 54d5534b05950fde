// What a learned lookup is trained for (Salemohamed et al., Learning to Design Data Structures, 2024, sections 2 and 3).
#pragma once

#include <cstdint>

namespace annvil {

// How large the models are that a preset asks for; slots take these as their unit, a cap on parameters holds all of them.
struct LookupScale {
  std::uint32_t width;   // of the ranker's embedding
  std::uint32_t heads;   // of its attention
  std::uint32_t blocks;  // of its transformer
  std::uint32_t hidden;  // of a query model's hidden layers
};

// A dataset is `points` vectors of `dimension` floats; a query is one more. The structure is the dataset in an order of the
// ranker's choosing with `extra` vectors of the writer's behind it; `lookups` of its `positions()` may be read per query.
struct LookupProblem {
  std::uint32_t points;     // N
  std::uint32_t dimension;  // d
  std::uint32_t lookups;    // M
  std::uint32_t extra;      // T
  LookupScale scale;
  // False in the ablation without permutation: what the ranker says of a point is stored in the point's place.
  bool permutes = true;
  // False in the non-adaptive ablation: a lookup may not depend on what earlier ones read.
  bool adaptive = true;

  std::uint32_t positions() const { return points + extra; }
  // Numbers that the ranker says of each point: its rank, or what to store in its place.
  std::uint32_t outputs() const { return permutes ? 1 : dimension; }
};

}  // namespace annvil
