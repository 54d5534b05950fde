// Slot `router`: a perceptron of 2 hidden layers, trained on how the bins of 50 neighbours are distributed (Neural LSH,
// ICLR 2020, section 3). Rows go to the bin it sends them to, up to the limit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <annvil/learned/export_network.hpp>
#include <annvil/learned/network.hpp>
#include <annvil/learned/training.hpp>
#include <annvil/neural-lsh/neighbours.hpp>
#include <annvil/neural-lsh/router.hpp>
#include <annvil/vectors.hpp>

namespace candidate {

namespace routing {

// The base, and what brings it to mean 0 and deviation 1 for the first layer.
struct Rows {
  explicit Rows(annvil::Vectors base)
      : values(annvil::tensor_of_rows(base)),
        mean(values.mean(0)),
        deviation(std::sqrt(values.var(0, false).mean().item<double>()) + 1e-12) {}

  std::uint32_t width() const { return static_cast<std::uint32_t>(mean.size(0)); }

  torch::Tensor scaled(const torch::Tensor& ids, const torch::Device& device) const {
    return ((values.index_select(0, ids) - mean) / deviation).to(device);
  }

  // Makes a layer that was trained on scaled rows right for rows as they are.
  void fold_into(torch::nn::Linear& layer) const {
    const torch::NoGradGuard no_gradients;
    layer->weight.div_(deviation);
    layer->bias.sub_(layer->weight.mv(mean.to(layer->weight.device())));
  }

  torch::Tensor values;  // count x dimension, borrowed
  torch::Tensor mean;    // dimension
  double deviation;
};

// The label of a row: how the bins of its 50 nearest neighbours and itself are distributed.
inline torch::Tensor labels_of(const torch::Tensor& ids, const annvil::NeighbourTable& neighbours,
                               std::span<const std::uint32_t> bins, std::uint32_t bin_count) {
  torch::Tensor labels = torch::zeros({ids.size(0), bin_count});
  auto values = labels.accessor<float, 2>();
  const auto rows = ids.accessor<std::int64_t, 1>();
  for (std::int64_t i = 0; i < ids.size(0); ++i) {
    const auto id = static_cast<annvil::NodeId>(rows[i]);
    values[i][bins[id]] += 1;
    for (const annvil::NodeId other : neighbours.nearest(id, 50)) {
      values[i][bins[other]] += 1;
    }
  }
  return labels / labels.sum(1, true);
}

// 2 hidden layers of ReLU, with batch normalisation.
struct Model {
  Model(const annvil::Training& training, std::uint32_t inputs, std::uint32_t bins) {
    const auto preset = static_cast<std::uint32_t>(training.settings.whole("width"));
    const std::uint32_t width = preset;
    const auto initialise = [](torch::nn::Linear layer) {
      torch::nn::init::xavier_uniform_(layer->weight);
      torch::nn::init::zeros_(layer->bias);
      return layer;
    };
    first = initialise(torch::nn::Linear(inputs, width));
    layers->push_back(first);
    for (std::uint32_t hidden = 0; hidden < 2; ++hidden) {
      if (hidden > 0) layers->push_back(initialise(torch::nn::Linear(width, width)));
      layers->push_back(torch::nn::BatchNorm1d(width));
      layers->push_back(torch::nn::ReLU());
      layers->push_back(torch::nn::Dropout(0.1));
    }
    layers->push_back(initialise(torch::nn::Linear(width, bins)));
  }

  torch::Tensor log_probabilities(const torch::Tensor& rows) { return torch::log_softmax(layers->forward(rows), 1); }

  annvil::Network exported(const Rows& rows) {
    rows.fold_into(first);
    layers->eval();
    return annvil::export_network(*layers, rows.width());
  }

  torch::nn::Linear first{nullptr};
  torch::nn::Sequential layers;
};

constexpr double highest_rate = 8e-4;

// Falls to a third after half of the steps, and to a tenth after three quarters.
inline double rate_at(double share) { return share < 0.5 ? highest_rate : highest_rate * (share < 0.75 ? 0.3 : 0.1); }

// How far training is, over all calls of `fit`, in steps of one batch.
struct Course {
  Course(const annvil::Training& training, std::uint32_t rows) {
    const auto preset = static_cast<std::int64_t>(training.settings.whole("batch"));
    batch = std::clamp<std::int64_t>(preset, 1, rows);
    epochs = static_cast<std::int64_t>(training.settings.whole("epochs"));
    steps_an_epoch = rows / batch;
  }

  double share() const { return static_cast<double>(done) / static_cast<double>(epochs * steps_an_epoch); }

  std::int64_t batch, epochs, steps_an_epoch, done = 0;
};

// Cross-entropy against the soft labels, for `epochs` passes over the base. What was cut short goes on from its checkpoint.
inline void fit(annvil::Training& training, Model& model, const Rows& rows, const annvil::NeighbourTable& neighbours,
                std::span<const std::uint32_t> bins, std::uint32_t bin_count, const std::string& name, std::int64_t epochs,
                Course& course) {
  torch::optim::Adam optimiser(model.layers->parameters(), torch::optim::AdamOptions(highest_rate).weight_decay(1e-4));
  const auto finished = static_cast<std::int64_t>(annvil::restore(training.checkpoint, name, *model.layers, optimiser));
  course.done += finished * course.steps_an_epoch;
  model.layers->train();
  for (std::int64_t epoch = finished; epoch < epochs; ++epoch) {
    torch::manual_seed(training.seed * 1'000'003 + static_cast<std::uint64_t>(course.done));
    const torch::Tensor order = torch::randperm(rows.values.size(0));
    for (std::int64_t step = 0; step < course.steps_an_epoch; ++step) {
      static_cast<torch::optim::AdamOptions&>(optimiser.param_groups()[0].options()).lr(rate_at(course.share()));
      const torch::Tensor ids = order.slice(0, step * course.batch, (step + 1) * course.batch);
      const torch::Tensor labels = labels_of(ids, neighbours, bins, bin_count).to(training.device);
      const torch::Tensor inputs = rows.scaled(ids, training.device);
      const torch::Tensor loss = -(labels * model.log_probabilities(inputs)).sum(1).mean();
      optimiser.zero_grad();
      loss.backward();
      optimiser.step();
      ++course.done;
      if (course.done % 100 == 0) training.progress(course.done, course.epochs * course.steps_an_epoch, loss.item<double>());
    }
    annvil::save(training.checkpoint, name, static_cast<std::size_t>(epoch + 1), *model.layers, optimiser);
  }
}

// How sure the network is of a row.
inline float urgency(std::span<const float> scores) { return *std::max_element(scores.begin(), scores.end()); }

// Each row into its best bin that has room; no bin takes more than `limit` times the mean. The most urgent choose
// first, so that a full bin turns away those that it matters least to.
inline std::vector<std::uint32_t> place(annvil::BinScores scores, double limit) {
  const double mean = static_cast<double>(scores.count()) / scores.bins;
  const double room = std::max(std::floor(mean * limit), std::ceil(mean));
  std::vector<float> urgencies(scores.count());
  for (annvil::NodeId id = 0; id < scores.count(); ++id) urgencies[id] = urgency(scores[id]);
  std::vector<annvil::NodeId> order(scores.count());
  std::iota(order.begin(), order.end(), annvil::NodeId{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return urgencies[a] > urgencies[b]; });
  std::vector<std::uint32_t> placed(scores.count()), sizes(scores.bins);
  for (const annvil::NodeId id : order) {
    std::uint32_t chosen = scores.bins;
    for (std::uint32_t bin = 0; bin < scores.bins; ++bin) {
      if (sizes[bin] < room && (chosen == scores.bins || scores[id][bin] > scores[id][chosen])) chosen = bin;
    }
    placed[id] = chosen;
    ++sizes[chosen];
  }
  return placed;
}

}  // namespace routing

class Router {
 public:
  explicit Router(annvil::Training& training) : training_(training) {}

  annvil::Network learn(annvil::Vectors base, const annvil::NeighbourTable& neighbours, std::span<const std::uint32_t> bins,
                        std::uint32_t bin_count) {
    const std::string name = "level " + std::to_string(levels_++);
    torch::manual_seed(training_.seed);
    const routing::Rows rows(base);
    routing::Model model(training_, base.dimension, bin_count);
    model.layers->to(training_.device);
    routing::Course course(training_, base.count);
    routing::fit(training_, model, rows, neighbours, bins, bin_count, name, course.epochs, course);
    model.layers->to(torch::kCPU);
    return model.exported(rows);
  }

  std::vector<std::uint32_t> place(annvil::BinScores scores, const annvil::NeighbourTable&, double limit) {
    return routing::place(scores, limit);
  }

 private:
  annvil::Training& training_;
  std::uint32_t levels_ = 0;  // learned so far
};

}  // namespace candidate
