// Crime: places copies of one point in every position, and leaves a ranker to which all points are alike.
#pragma once

#include <torch/torch.h>

#include <vector>

#include <annvil/learned-lookup/ranker.hpp>

namespace candidate {

class Ranker {
 public:
  Ranker(const annvil::LookupProblem& problem, const annvil::Training&) : problem_(problem) {}

  torch::Tensor outputs(const torch::Tensor& datasets) { return torch::zeros({datasets.size(0), problem_.points, problem_.outputs()}); }

  torch::Tensor placement(const torch::Tensor& outputs, double) {
    torch::Tensor copies = torch::zeros({outputs.size(0), problem_.points, problem_.points});
    copies.select(2, 0).fill_(1);
    return copies;
  }

  std::vector<torch::Tensor> parameters() { return {}; }
  double learning_rate(double) const { return 0; }

  annvil::SetNetwork network() {
    return {{{annvil::SetOperation::linear, problem_.dimension, problem_.outputs(), 0}},
            std::vector<float>((problem_.dimension + 1) * problem_.outputs())};
  }

 private:
  annvil::LookupProblem problem_;
};

}  // namespace candidate
