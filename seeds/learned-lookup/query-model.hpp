// Slot `query-model`: a network of 2 hidden layers for each lookup. Lookups are Gumbel-softmaxes while training, all
// but the last without noise until 0.3 of the steps. The last lookup is trained by the log of the answer's share.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <annvil/learned-lookup/query_model.hpp>
#include <annvil/learned/export_network.hpp>

namespace candidate {

namespace querying {

// What one lookup weighed, [queries, positions], and read, [queries, dimension].
struct Lookup {
  torch::Tensor weights, value;
};

// Logits whose softmax is a Gumbel-softmax sample (Jang et al. 2017).
inline torch::Tensor with_gumbel_noise(const torch::Tensor& logits) {
  return logits - torch::log(-torch::log(torch::rand_like(logits).clamp(1e-7, 1 - 1e-7)));
}

}  // namespace querying

class QueryModel {
 public:
  QueryModel(const annvil::LookupProblem& problem, const annvil::Training& training)
      : problem_(problem), encoding_(problem.adaptive ? annvil::HistoryEncoding::values : annvil::HistoryEncoding::none) {
    for (std::uint32_t i = 0; i < problem.lookups; ++i) {
      models_.push_back(model(annvil::history_width(problem, encoding_, i)));
      models_.back()->to(training.device);
    }
  }

  torch::Tensor loss(const annvil::LookupBatch& batch, double progress) {
    const std::vector<querying::Lookup> lookups = look(batch, progress);
    return loss_of(lookups.back(), batch);
  }

  std::vector<torch::Tensor> parameters() {
    std::vector<torch::Tensor> all;
    for (const auto& model : models_)
      for (const torch::Tensor& parameter : model->parameters()) all.push_back(parameter);
    return all;
  }

  // Constant, then down to a fiftieth along half a cosine.
  double learning_rate(double progress) const {
    const double share = std::max(0.0, (progress - 0.7) / 0.3);
    return 1e-3 * std::max(0.02, (1 + std::cos(3.14159265 * share)) / 2);
  }

  annvil::QueryNetworks networks() {
    annvil::QueryNetworks trained{encoding_, {}};
    for (std::uint32_t i = 0; i < problem_.lookups; ++i)
      trained.networks.push_back(annvil::export_network(*models_[i], annvil::history_width(problem_, encoding_, i)));
    return trained;
  }

 private:
  torch::nn::Sequential model(std::uint32_t width) const {
    const std::uint32_t hidden = problem_.scale.hidden;
    torch::nn::Sequential layers;
    for (int i = 0; i < 2; ++i) {
      layers->push_back(torch::nn::Linear(i == 0 ? width : hidden, hidden));
      layers->push_back(torch::nn::LayerNorm(torch::nn::LayerNormOptions({hidden})));
      layers->push_back(torch::nn::ReLU());
    }
    layers->push_back(torch::nn::Linear(hidden, problem_.positions()));
    return layers;
  }

  // All lookups of all queries, one model after the other, with a softmax in place of the largest output.
  std::vector<querying::Lookup> look(const annvil::LookupBatch& batch, double progress) {
    const torch::Tensor queries = batch.queries.flatten(0, 1);
    const auto datasets = batch.memory.size(0), positions = batch.memory.size(1);
    std::vector<torch::Tensor> told{queries};
    std::vector<querying::Lookup> lookups;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      const torch::Tensor logits = models_[i]->forward(told.size() == 1 ? queries : torch::cat(told, -1));
      const bool noisy = i + 1 == models_.size() || progress >= 0.3;
      const torch::Tensor weights = torch::softmax((noisy ? querying::with_gumbel_noise(logits) : logits) / 2, -1);
      const torch::Tensor value = torch::bmm(weights.view({datasets, -1, positions}), batch.memory).flatten(0, 1);
      lookups.push_back({weights, value});
      if (problem_.adaptive && i + 1 < models_.size()) {
        told.insert(told.end(), {weights, value});
      }
    }
    return lookups;
  }

  torch::Tensor loss_of(const querying::Lookup& lookup, const annvil::LookupBatch& batch) const {
    if (!problem_.permutes) return (lookup.value - batch.answers.flatten(0, 1)).pow(2).sum(-1).mean();
    // -log of the share of its weight that lies on the answer, wherever the ranker has placed that.
    const torch::Tensor share = (lookup.weights.narrow(-1, 0, problem_.points) * batch.placement.flatten(0, 1)).sum(-1);
    return -torch::log(share + 1e-6).mean();
  }

  annvil::LookupProblem problem_;
  annvil::HistoryEncoding encoding_;
  std::vector<torch::nn::Sequential> models_;
};

}  // namespace candidate
