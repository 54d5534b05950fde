// Slot `predictor`: a perceptron of three layers, 200 and 200 wide, that learns the mass of all clusters that hold the
// key (Ikeda, Miyashita & Deguchi 2025). Gaussian noise of 0.05 deviations on its queries. AdamW, batches of 1024,
// steps of 0.001 (one-cycle).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <annvil/cluster-routing/predictor.hpp>
#include <annvil/cluster-routing/standardiser.hpp>
#include <annvil/learned/export_network.hpp>

namespace candidate {

class Predictor {
 public:
  Predictor(annvil::Training& training, const annvil::RoutingTask& task)
      : training_(training),
        task_(task),
        queries_(annvil::rows_of(task.queries)),
        log_squared_(annvil::log_squared_distances(task)),
        standard_(annvil::rows_of(task.base)),
        net_(fresh()) {}

  void train(const annvil::Holdings& holdings, const annvil::Phase& phase) {
    net_->to(training_.device);
    torch::optim::AdamW adam(net_->parameters(), torch::optim::AdamWOptions(rate).weight_decay(0));
    const std::int64_t count = queries_.size(0), steps = (count + batch - 1) / batch;
    const std::int64_t total = steps * phase.epochs;
    std::uint32_t epoch = phase.restore(*net_, adam);
    net_->train();
    for (; epoch < phase.epochs; ++epoch) {
      torch::manual_seed((training_.seed * 1009 + phase.number) * 10007 + epoch);
      const auto order = torch::randperm(count, torch::kInt64);
      for (std::int64_t step = 0; step < steps; ++step) {
        const std::int64_t done = epoch * steps + step;
        set_rate(adam, static_cast<double>(done) / static_cast<double>(total));
        const auto rows = order.slice(0, step * batch, std::min(count, (step + 1) * batch));
        const auto error = loss(holdings, rows);
        adam.zero_grad();
        error.backward();
        adam.step();
        phase.progress(done + 1, total, error.item<double>());
      }
      phase.save(epoch + 1, *net_, adam);
    }
    net_->to(torch::kCPU);
    net_->eval();
  }

  torch::Tensor scores(const torch::Tensor& queries) { return net_->forward(standard_(queries)).slice(1, 0, task_.clusters); }

  annvil::Network network() { return annvil::export_network(*standard_.folded_into(net_), task_.queries.dimension); }

 private:
  static constexpr std::int64_t batch = 1024;
  static constexpr double rate = 0.001;

  // Three layers. The last gives the clusters' logits and what is expected of the distance, which starts at its mean and deviation.
  torch::nn::Sequential fresh() const {
    torch::nn::Linear last(200, task_.clusters + annvil::distance_outputs);
    const torch::NoGradGuard no_gradients;
    last->bias[task_.clusters] = log_squared_.mean();
    last->bias[task_.clusters + 1] = torch::log(log_squared_.std().clamp_min(1e-3));
    return torch::nn::Sequential(
      torch::nn::Linear(task_.queries.dimension, 200),
      torch::nn::ReLU(),
      torch::nn::Linear(200, 200),
      torch::nn::ReLU(),
      last);
  }

  // One cycle (Smith & Topin 2019): up for three tenths of a phase, then down to nothing.
  static void set_rate(torch::optim::AdamW& adam, double done) {
    for (auto& group : adam.param_groups()) static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate * share(done));
  }
  static double share(double done) {
    return done < 0.3 ? 0.52 - 0.48 * std::cos(M_PI * done / 0.3) : 0.5 + 0.5 * std::cos(M_PI * (done - 0.3) / 0.7);
  }

  // Queries as the network is to see them: standardised and augmented.
  torch::Tensor augmented(const torch::Tensor& rows) const {
    torch::Tensor inputs = standard_(queries_.index_select(0, rows));
    return inputs + 0.05 * torch::randn_like(inputs);
  }

  // -log of the probability that is given to what holds the key, and the likelihood of its distance under a log-normal.
  torch::Tensor loss(const annvil::Holdings& holdings, const torch::Tensor& rows) {
    const auto outputs = net_->forward(augmented(rows).to(training_.device));
    const auto chances = torch::log_softmax(outputs.slice(1, 0, task_.clusters), 1);
    const auto miss = -torch::logsumexp(chances + holders(holdings, rows), 1).mean();
    const auto spread = outputs.select(1, task_.clusters + 1).clamp(-6, 6);
    const auto off = (log_squared_.index_select(0, rows).to(training_.device) - outputs.select(1, task_.clusters)) * torch::exp(-spread);
    return miss + 0.2 * (spread + 0.5 * off * off).mean();
  }

  // 0 where a cluster holds the key, and next to minus infinity elsewhere.
  torch::Tensor holders(const annvil::Holdings& holdings, const torch::Tensor& rows) const {
    const auto mask = torch::full({rows.size(0), task_.clusters}, -1e9f);
    for (std::int64_t i = 0; i < rows.size(0); ++i) {
      const std::uint32_t key = task_.keys[rows.data_ptr<std::int64_t>()[i]];
      for (const std::uint32_t holder : holdings.holders(key)) mask.data_ptr<float>()[i * task_.clusters + holder] = 0;
    }
    return mask.to(training_.device);
  }

  annvil::Training& training_;
  const annvil::RoutingTask& task_;
  torch::Tensor queries_, log_squared_;
  annvil::Standardiser standard_;
  torch::nn::Sequential net_;
};

}  // namespace candidate
