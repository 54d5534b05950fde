// LIRA's probing model (Zeng et al., WWW 2025): two towers, over the query and over its distances to the centroids; a sigmoid for each
// bucket.
#pragma once

#include <torch/torch.h>

#include <vector>

#include <annvil/cluster-routing/standardiser.hpp>

namespace annvil::referee {

class LiraModel : public torch::nn::Module {
 public:
  // `centroids`: [clusters][dimension]; `base`: what inputs are standardised by.
  LiraModel(const torch::Tensor& centroids, const torch::Tensor& base)
      : centroids_(centroids),
        standard_(base),
        distance_standard_(distances(base)),
        query_tower_(register_module("query", tower(base.size(1)))),
        distance_tower_(register_module("distance", tower(centroids.size(0)))),
        head_(register_module("head", torch::nn::Sequential(torch::nn::Linear(2 * width, width), torch::nn::ReLU(),
                                                            torch::nn::Linear(width, centroids.size(0))))) {}

  // Logits [count][clusters] of rows [count][dimension].
  torch::Tensor forward(const torch::Tensor& rows) {
    const auto query = query_tower_->forward(standard_(rows));
    const auto distance = distance_tower_->forward(distance_standard_(distances(rows)));
    return head_->forward(torch::cat({query, distance}, 1));
  }

  // Sigmoids, block by block.
  torch::Tensor probabilities(const torch::Tensor& rows) {
    const torch::NoGradGuard no_gradients;
    std::vector<torch::Tensor> blocks;
    for (std::int64_t from = 0; from < rows.size(0); from += 4096)
      blocks.push_back(torch::sigmoid(forward(rows.slice(0, from, std::min(rows.size(0), from + 4096)))));
    return torch::cat(blocks).contiguous();
  }

 private:
  static constexpr std::int64_t width = 128;

  static torch::nn::Sequential tower(std::int64_t inputs) {
    return torch::nn::Sequential(torch::nn::Linear(inputs, width), torch::nn::ReLU(), torch::nn::Linear(width, width), torch::nn::ReLU());
  }
  torch::Tensor distances(const torch::Tensor& rows) const { return torch::cdist(rows, centroids_); }

  torch::Tensor centroids_;
  Standardiser standard_, distance_standard_;
  torch::nn::Sequential query_tower_, distance_tower_, head_;
};

}  // namespace annvil::referee
