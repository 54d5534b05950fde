// Slot `extra-space`: the extra vectors are a network of two hidden layers of 256 of the dataset in stored order.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <annvil/learned-lookup/extra_space.hpp>
#include <annvil/learned/export_network.hpp>

namespace candidate {

class ExtraSpace {
 public:
  ExtraSpace(const annvil::LookupProblem& problem, const annvil::Training& training) : problem_(problem) {
    const std::uint32_t in = problem.points * problem.dimension, out = problem.extra * problem.dimension;
    layers_->push_back(torch::nn::Linear(in, 256));
    layers_->push_back(torch::nn::LayerNorm(torch::nn::LayerNormOptions({256})));
    layers_->push_back(torch::nn::ReLU());
    layers_->push_back(torch::nn::Linear(256, 256));
    layers_->push_back(torch::nn::LayerNorm(torch::nn::LayerNormOptions({256})));
    layers_->push_back(torch::nn::ReLU());
    layers_->push_back(torch::nn::Linear(256, out));
    layers_->to(training.device);
  }

  torch::Tensor vectors(const torch::Tensor& arranged) {
    return layers_->forward(arranged.flatten(1)).view({arranged.size(0), problem_.extra, problem_.dimension});
  }

  std::vector<torch::Tensor> parameters() { return layers_->parameters(); }

  // Constant, then down to a fiftieth along half a cosine.
  double learning_rate(double progress) const {
    const double share = std::max(0.0, (progress - 0.7) / 0.3);
    return 2e-3 * std::max(0.02, (1 + std::cos(3.14159265 * share)) / 2);
  }

  annvil::Network network() { return annvil::export_network(*layers_, problem_.points * problem_.dimension); }

 private:
  annvil::LookupProblem problem_;
  torch::nn::Sequential layers_;
};

}  // namespace candidate
