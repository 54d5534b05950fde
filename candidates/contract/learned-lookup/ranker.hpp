// Slot `ranker` of the learned-lookup target: the order in which a dataset is stored (section 3.1 of the paper).
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class Ranker {
//    public:
//     Ranker(const annvil::LookupProblem& problem, const annvil::Training& training);
//     torch::Tensor outputs(const torch::Tensor& datasets);
//     torch::Tensor placement(const torch::Tensor& outputs, double progress);
//     std::vector<torch::Tensor> parameters();
//     double learning_rate(double progress) const;
//     annvil::SetNetwork network();
//   };
//   }
//
// It runs while training only, in a sandbox, on one thread, and sees no test set. What counts in the end is the network: plain
// C++ of the referee's runs it over datasets drawn afresh and stores their points by ascending output, so that what is stored is
// a permutation whatever the network says. Parameters are capped. Everything random is to come from torch's generator, which is
// seeded before the constructor runs: the same seed has to give the same network.
#pragma once

#include <torch/torch.h>

#include <concepts>
#include <vector>

#include "../learned/training.hpp"
#include "problem.hpp"
#include "set_network.hpp"

namespace annvil {

template <class R>
concept RankerCandidate = requires(R& ranker, const LookupProblem& problem, const Training& training, const torch::Tensor& tensor,
                                   double progress) {
  // `training` outlives the object.
  R(problem, training);

  // [datasets, points, dimension] -> [datasets, points, problem.outputs()]: what `network()` will say of them, differentiably.
  { ranker.outputs(tensor) } -> std::same_as<torch::Tensor>;

  // [datasets, points, 1] outputs -> [datasets, points, points]: entry (i, j) is the share of point j in position i, positions by
  // ascending output. A relaxed sort while gradients are wanted, a permutation matrix where not; `progress` goes from 0 to 1.
  // Not asked in the ablation without permutation.
  { ranker.placement(tensor, progress) } -> std::same_as<torch::Tensor>;

  // What Adam is to move; the same tensors at every call.
  { ranker.parameters() } -> std::same_as<std::vector<torch::Tensor>>;

  // Adam's step at this progress; 0 or less: leave the ranker as it is from now on, and save the backward pass.
  { ranker.learning_rate(progress) } -> std::convertible_to<double>;

  // The trained network: `dimension` floats in, problem.outputs() out.
  { ranker.network() } -> std::same_as<SetNetwork>;
};

}  // namespace annvil
