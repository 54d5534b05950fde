// Slot `extra-space` of the learned-lookup target: the T vectors that are stored behind the dataset (sections 3.1 and 4.4).
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class ExtraSpace {
//    public:
//     ExtraSpace(const annvil::LookupProblem& problem, const annvil::Training& training);
//     torch::Tensor vectors(const torch::Tensor& arranged);
//     std::vector<torch::Tensor> parameters();
//     double learning_rate(double progress) const;
//     annvil::Network network();
//   };
//   }
//
// It runs while training only, and only where problem.extra > 0, in a sandbox, on one thread. What counts in the end is the
// network, which plain C++ of the referee's runs once a dataset, before any query is known. An extra vector costs a lookup to read
// as any other; it is no answer, since answers are points of the dataset. Parameters are capped. Everything random is to come from
// torch's generator.
#pragma once

#include <torch/torch.h>

#include <concepts>
#include <vector>

#include "../learned/network.hpp"
#include "../learned/training.hpp"
#include "problem.hpp"

namespace annvil {

template <class E>
concept ExtraSpaceCandidate = requires(E& writer, const LookupProblem& problem, const Training& training, const torch::Tensor& tensor,
                                       double progress) {
  // `training` outlives the object.
  E(problem, training);

  // [datasets, points, dimension] in stored order -> [datasets, extra, dimension], differentiably.
  { writer.vectors(tensor) } -> std::same_as<torch::Tensor>;

  // What Adam is to move; the same tensors at every call.
  { writer.parameters() } -> std::same_as<std::vector<torch::Tensor>>;

  // Adam's step at this progress.
  { writer.learning_rate(progress) } -> std::convertible_to<double>;

  // The trained network: points * dimension floats in stored order in, extra * dimension out.
  { writer.network() } -> std::same_as<Network>;
};

}  // namespace annvil
