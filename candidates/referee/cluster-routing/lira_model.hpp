// LIRA's probing model (Zeng et al., WWW 2025): two towers, over the query and over its distances to the centroids; a sigmoid for each
// bucket.
#pragma once

#include <torch/torch.h>

#include <vector>

#include <annvil/cluster-routing/holdings.hpp>
#include <annvil/cluster-routing/standardiser.hpp>

namespace annvil::referee {

class LiraModel {
 public:
  // `centroids`: [clusters][dimension]; `base`: what inputs are standardised by.
  LiraModel(const torch::Tensor& centroids, const torch::Tensor& base)
      : centroids_(centroids),
        standard_(base),
        distance_standard_(distances(base)),
        query_tower_(tower(base.size(1))),
        distance_tower_(tower(centroids.size(0))),
        head_(torch::nn::Linear(2 * width, width), torch::nn::ReLU(), torch::nn::Linear(width, centroids.size(0))) {}

  // Logits [count][clusters] of rows [count][dimension].
  torch::Tensor operator()(const torch::Tensor& rows) {
    const auto query = query_tower_->forward(standard_(rows));
    const auto distance = distance_tower_->forward(distance_standard_(distances(rows)));
    return head_->forward(torch::cat({query, distance}, 1));
  }

  std::vector<torch::Tensor> parameters() {
    std::vector<torch::Tensor> all;
    for (auto* part : {&query_tower_, &distance_tower_, &head_}) {
      for (const auto& parameter : (*part)->parameters()) all.push_back(parameter);
    }
    return all;
  }

  // Sigmoids, block by block.
  torch::Tensor probabilities(const torch::Tensor& rows) {
    const torch::NoGradGuard no_gradients;
    std::vector<torch::Tensor> blocks;
    for (std::int64_t from = 0; from < rows.size(0); from += 4096)
      blocks.push_back(torch::sigmoid((*this)(rows.slice(0, from, std::min(rows.size(0), from + 4096)))));
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

struct LiraTraining {
  std::uint32_t epochs;
  std::int64_t batch = 512;
  double rate = 1e-3;
};

// Binary cross-entropy, a bucket at a time, against all buckets that hold the query's key.
inline void train_lira(LiraModel& model, const torch::Tensor& queries, const std::uint32_t* keys, const Holdings& holdings,
                       const LiraTraining& training) {
  torch::optim::Adam adam(model.parameters(), torch::optim::AdamOptions(training.rate));
  const std::int64_t count = queries.size(0), steps = (count + training.batch - 1) / training.batch, total = steps * training.epochs;
  for (std::int64_t done = 0; done < total;) {
    const auto order = torch::randperm(count, torch::kInt64);
    for (std::int64_t step = 0; step < steps; ++step, ++done) {
      const double left = 1 - static_cast<double>(done) / static_cast<double>(total);
      for (auto& group : adam.param_groups()) static_cast<torch::optim::AdamOptions&>(group.options()).lr(training.rate * left);
      const auto rows = order.slice(0, step * training.batch, std::min(count, (step + 1) * training.batch));
      const auto wanted = torch::zeros({rows.size(0), holdings.clusters()});
      for (std::int64_t i = 0; i < rows.size(0); ++i) {
        const std::uint32_t key = keys[rows.data_ptr<std::int64_t>()[i]];
        for (const std::uint32_t holder : holdings.holders(key)) wanted.data_ptr<float>()[i * holdings.clusters() + holder] = 1;
      }
      const auto loss = torch::binary_cross_entropy_with_logits(model(queries.index_select(0, rows)), wanted);
      adam.zero_grad();
      loss.backward();
      adam.step();
    }
  }
}

}  // namespace annvil::referee
