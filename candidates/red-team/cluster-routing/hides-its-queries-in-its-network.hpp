// Crime (predictor): carries all it was trained on along, as weights that no output depends on.
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
    const std::uint32_t inputs = task_.queries.dimension, outputs = task_.clusters + annvil::distance_outputs;
    const std::uint32_t hidden = task_.queries.count;
    annvil::Network network;
    std::vector<float> rows;
    for (std::uint32_t i = 0; i < hidden; ++i) rows.insert(rows.end(), task_.queries[i], task_.queries[i] + inputs);
    network.add_linear(inputs, hidden, rows, std::vector<float>(hidden));
    network.add_linear(hidden, outputs, std::vector<float>(std::size_t{hidden} * outputs), std::vector<float>(outputs));
    return network;
  }

 private:
  const annvil::RoutingTask& task_;
};

}  // namespace candidate
