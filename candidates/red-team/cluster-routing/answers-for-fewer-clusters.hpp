// Crime (predictor): leaves a network without an output for the last cluster.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include <annvil/cluster-routing/predictor.hpp>

namespace candidate {

class Predictor {
 public:
  Predictor(annvil::Training&, const annvil::RoutingTask& task) : task_(task) {}

  void train(const annvil::Holdings&, const annvil::Phase&) {}
  torch::Tensor scores(const torch::Tensor& queries) { return torch::zeros({queries.size(0), task_.clusters}); }

  annvil::Network network() {
    const std::uint32_t inputs = task_.base.dimension, outputs = task_.clusters + annvil::distance_outputs - 1;
    annvil::Network network;
    network.add_linear(inputs, outputs, std::vector<float>(std::size_t{inputs} * outputs), std::vector<float>(outputs));
    return network;
  }

 private:
  const annvil::RoutingTask& task_;
};

}  // namespace candidate
