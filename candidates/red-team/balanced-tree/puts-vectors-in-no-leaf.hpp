// Crime: leaves vectors out of the tree, in a leaf that there is not: behind the tree update's back, in the last pass, whose tree nobody trains on.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <annvil/balanced-tree/router.hpp>

namespace candidate {

class Router {
 public:
  Router(const annvil::RoutingTask& task, annvil::Training&) : task_(task), adam_(module_->parameters()) {}

  double fit(std::span<const std::uint32_t> leaves, std::uint32_t cycle) {
    for (std::size_t row = 0; cycle == task_.cycles && row < leaves.size(); row += 17)
      const_cast<std::uint32_t&>(leaves[row]) = task_.shape.leaves();
    return 0;
  }
  void branches(std::uint32_t, std::span<const std::uint32_t>, std::span<float> log_probabilities) {
    for (std::size_t i = 0; i < log_probabilities.size(); ++i) log_probabilities[i] = static_cast<float>(i * 7919 % 101);
  }

  annvil::Decoder exported() {
    const auto dimension = static_cast<std::uint32_t>(task_.base.size(1));
    const annvil::TreeShape shape = task_.shape;
    const std::uint32_t hidden = 4;
    annvil::DecoderParts parts;
    parts.shape = shape;
    parts.tokens.resize((std::size_t{shape.branching} + 1) * 8);
    parts.positions.resize(std::size_t{shape.height} * 8);
    parts.encoder.add_linear(dimension, hidden, std::vector<float>(std::size_t{hidden} * dimension), std::vector<float>(hidden));
    parts.encoder.add_linear(hidden, 8, std::vector<float>(8 * hidden), std::vector<float>(8));
    const auto linear = [](annvil::Network& part, std::uint32_t outputs) {
      part.add_linear(8, outputs, std::vector<float>(8 * outputs), std::vector<float>(outputs));
    };
    linear(parts.attention, 24);
    for (annvil::Network* part : {&parts.attended, &parts.norm, &parts.crossed, &parts.feed}) linear(*part, 8);
    linear(parts.head, shape.branching);
    return annvil::Decoder(std::move(parts));
  }

  torch::nn::Module& module() { return *module_; }
  torch::optim::Optimizer& optimiser() { return adam_; }

 private:
  annvil::RoutingTask task_;
  torch::nn::Linear module_{1, 1};
  torch::optim::Adam adam_;
};

}  // namespace candidate
