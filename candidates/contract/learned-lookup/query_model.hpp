// Slot `query-model` of the learned-lookup target: M networks, each of which says which position to read next (section 3.2), and
// how they are trained: noise, its schedule and the loss (sections 3.2 and 3.3, appendices A and E.1).
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class QueryModel {
//    public:
//     QueryModel(const annvil::LookupProblem& problem, const annvil::Training& training);
//     torch::Tensor loss(const annvil::LookupBatch& batch, double progress);
//     std::vector<torch::Tensor> parameters();
//     double learning_rate(double progress) const;
//     annvil::QueryNetworks networks();
//   };
//   }
//
// It runs while training only, in a sandbox, on one thread, and sees no test set. What counts in the end are the networks: plain
// C++ of the referee's runs the i-th on the query and what the lookups before it have read, and reads the position of the largest
// output. So nothing but the query and what was read can be known, nothing is remembered from one query to the next, and a
// lookup is one position. Parameters are capped. Everything random is to come from torch's generator.
#pragma once

#include <torch/torch.h>

#include <concepts>
#include <vector>

#include "../learned/network.hpp"
#include "../learned/training.hpp"
#include "history.hpp"
#include "problem.hpp"

namespace annvil {

// Queries of freshly drawn datasets, with what is stored of each dataset. Gradients flow through `memory` and `placement` to the
// ranker and the writer of extra vectors.
struct LookupBatch {
  torch::Tensor queries;    // [datasets, queries, dimension]
  torch::Tensor memory;     // [datasets, positions, dimension]; position i < points holds the placement's mixture of points
  torch::Tensor answers;    // [datasets, queries, dimension]: the point nearest to each query
  torch::Tensor placement;  // [datasets, queries, points]: share of the answer in each position; undefined without permutation
};

// The models of lookup 1 to M: networks[i] takes history_width(problem, encoding, i) floats and gives one for each position.
struct QueryNetworks {
  HistoryEncoding encoding;
  std::vector<Network> networks;
};

template <class Q>
concept QueryModelCandidate = requires(Q& model, const LookupProblem& problem, const Training& training, const LookupBatch& batch,
                                       double progress) {
  // `training` outlives the object.
  Q(problem, training);

  // One number to go down, mean over the batch. `progress` goes from 0 to 1 over the steps of the training.
  { model.loss(batch, progress) } -> std::same_as<torch::Tensor>;

  // What Adam is to move; the same tensors at every call.
  { model.parameters() } -> std::same_as<std::vector<torch::Tensor>>;

  // Adam's step at this progress.
  { model.learning_rate(progress) } -> std::convertible_to<double>;

  // One network for each of problem.lookups; without problem.adaptive the encoding has to be `none`.
  { model.networks() } -> std::same_as<QueryNetworks>;
};

}  // namespace annvil
