// Batches drawn afresh for each step: no dataset comes twice, so there is nothing to overfit to but the distribution.
#pragma once

#include <torch/torch.h>

#include <span>

#include <annvil/learned-lookup/problem.hpp>

#include "draw.hpp"

namespace annvil::lookup {

struct Batch {
  torch::Tensor datasets;  // [datasets, points, dimension]
  torch::Tensor queries;   // [datasets, queries, dimension]
  torch::Tensor nearest;   // [datasets, queries], int64: which point is nearest
};

inline Batch draw_batch(const LookupProblem& problem, const Source& source, std::int64_t datasets, std::int64_t queries, Random& random) {
  const std::int64_t points = problem.points, dimension = problem.dimension;
  Batch batch{torch::empty({datasets, points, dimension}), torch::empty({datasets, queries, dimension}),
              torch::empty({datasets, queries}, torch::kLong)};
  for (std::int64_t i = 0; i < datasets; ++i) {
    const std::span<float> set(batch.datasets.data_ptr<float>() + i * points * dimension, static_cast<std::size_t>(points * dimension));
    draw_points(source, set, random);
    for (std::int64_t j = i * queries; j < (i + 1) * queries; ++j) {
      const std::span<float> query(batch.queries.data_ptr<float>() + j * dimension, static_cast<std::size_t>(dimension));
      draw_query(source, set, query, random);
      batch.nearest.data_ptr<std::int64_t>()[j] = nearest(set, query);
    }
  }
  return batch;
}

}  // namespace annvil::lookup
