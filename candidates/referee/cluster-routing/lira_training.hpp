// How LIRA is trained (Zeng et al., WWW 2025): passes over held-out queries, moved and made noisy anew in each where that is asked for.
#pragma once

#include <annvil/cluster-routing/phase.hpp>

#include "lira_model.hpp"

namespace annvil::referee {

struct LiraQueries {
  torch::Tensor base, rows;   // [vectors][dimension], [queries][dimension]
  const std::uint32_t* keys;  // the nearest row of base for each query
  double approach;            // the largest share of the way to its key that a query is moved: the key stays the nearest
  double noise;               // Gaussian, in deviations of all values of base
};

// A phase at a time, as player/cluster-routing/rounds.hpp has them.
class LiraTraining {
 public:
  LiraTraining(LiraModel& model, const LiraQueries& queries, std::uint64_t seed)
      : model_(model), queries_(queries), noise_(queries.noise * queries.base.std().item<double>()), seed_(seed) {}

  // Binary cross-entropy, a bucket at a time, against all buckets that hold the query's key. The step falls to nothing within a phase.
  void train(const Holdings& holdings, const Phase& phase) {
    torch::optim::Adam adam(model_.parameters(), torch::optim::AdamOptions(rate));
    const std::int64_t count = queries_.rows.size(0), steps = (count + batch - 1) / batch, total = steps * phase.epochs;
    for (std::uint32_t epoch = phase.restore(model_, adam); epoch < phase.epochs; ++epoch) {
      // By epoch, so that a training that goes on where it was cut short draws as any other.
      torch::manual_seed((seed_ * 1009 + phase.number) * 10007 + epoch);
      const auto order = torch::randperm(count, torch::kInt64);
      double error = 0;
      for (std::int64_t step = 0; step < steps; ++step) {
        const double left = 1 - static_cast<double>(epoch * steps + step) / static_cast<double>(total);
        for (auto& group : adam.param_groups()) static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate * left);
        const auto rows = order.slice(0, step * batch, std::min(count, (step + 1) * batch));
        const auto keys = keys_of(rows);
        const auto loss = torch::binary_cross_entropy_with_logits(model_.forward(augmented(rows, keys)), holders(holdings, keys));
        adam.zero_grad();
        loss.backward();
        adam.step();
        error = loss.item<double>();
      }
      phase.progress((epoch + 1) * steps, total, error);
      phase.save(epoch + 1, model_, adam);
    }
  }

 private:
  static constexpr std::int64_t batch = 512;
  static constexpr double rate = 1e-3;

  torch::Tensor keys_of(const torch::Tensor& rows) const {
    const auto keys = torch::empty(rows.sizes(), torch::kInt64);
    for (std::int64_t i = 0; i < rows.size(0); ++i)
      keys.data_ptr<std::int64_t>()[i] = queries_.keys[rows.data_ptr<std::int64_t>()[i]];
    return keys;
  }

  // Drawn anew at each call.
  torch::Tensor augmented(const torch::Tensor& rows, const torch::Tensor& keys) const {
    torch::Tensor queries = queries_.rows.index_select(0, rows);
    queries = queries + queries_.approach * torch::rand({rows.size(0), 1}) * (queries_.base.index_select(0, keys) - queries);
    return queries + noise_ * torch::randn_like(queries);
  }

  // 1 where a bucket holds the key.
  static torch::Tensor holders(const Holdings& holdings, const torch::Tensor& keys) {
    const auto wanted = torch::zeros({keys.size(0), holdings.clusters()});
    for (std::int64_t i = 0; i < keys.size(0); ++i) {
      const auto key = static_cast<std::uint32_t>(keys.data_ptr<std::int64_t>()[i]);
      for (const std::uint32_t holder : holdings.holders(key)) wanted.data_ptr<float>()[i * holdings.clusters() + holder] = 1;
    }
    return wanted;
  }

  LiraModel& model_;
  const LiraQueries& queries_;
  double noise_;
  std::uint64_t seed_;
};

}  // namespace annvil::referee
