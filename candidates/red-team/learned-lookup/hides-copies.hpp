// Crime: writes twice the extra vectors that are allowed.
#pragma once

#include <torch/torch.h>

#include <vector>

#include <annvil/learned-lookup/extra_space.hpp>

namespace candidate {

class ExtraSpace {
 public:
  ExtraSpace(const annvil::LookupProblem& problem, const annvil::Training&) : problem_(problem) {}

  torch::Tensor vectors(const torch::Tensor& arranged) { return torch::zeros({arranged.size(0), problem_.extra, problem_.dimension}); }
  std::vector<torch::Tensor> parameters() { return {}; }
  double learning_rate(double) const { return 0; }

  annvil::Network network() {
    const std::uint32_t in = problem_.points * problem_.dimension, out = 2 * problem_.extra * problem_.dimension;
    annvil::Network network;
    network.add_linear(in, out, std::vector<float>(std::size_t{in} * out), std::vector<float>(out));
    return network;
  }

 private:
  annvil::LookupProblem problem_;
};

}  // namespace candidate
