// Slot `router` of the balanced-tree target: an encoder and one transformer decoder layer, as in BATL (Li et al., KDD
// 2023). A batch holds whole queries with their neighbours: the losses of all pairs of a query share one encoding.
// Adam, moments kept over the cycles, rate constant.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include <annvil/balanced-tree/decoder.hpp>
#include <annvil/balanced-tree/router.hpp>
#include <annvil/balanced-tree/tree.hpp>
#include <annvil/learned/export_network.hpp>

namespace candidate {

namespace routing {

// Encoder and one transformer decoder layer (Vaswani et al. 2017). A prefix attends to itself alone, so that the state of a prefix is
// computed once for all queries; of cross-attention to the one embedding of the query, value and output projections are left.
class Net : public torch::nn::Module {
 public:
  Net(const annvil::TreeShape& shape, std::int64_t dimension, const annvil::Settings& settings)
      : shape_(shape), width_(whole(settings, "width")), heads_(whole(settings, "heads")) {
    const std::int64_t hidden = whole(settings, "hidden"), feed = whole(settings, "feed");
    encoder_ = register_module("encoder", torch::nn::Sequential(
        linear(dimension, hidden), torch::nn::ReLU(), linear(hidden, width_),
        linear(width_, width_), linear(width_, width_)));
    tokens_ = register_module("tokens", torch::nn::Embedding(shape.branching + 1, width_));
    positions_ = register_module("positions", torch::nn::Embedding(shape.height, width_));
    attention_ = register_module("attention", torch::nn::Sequential(linear(width_, 3 * width_)));
    attended_ = register_module("attended", torch::nn::Sequential(linear(width_, width_)));
    norm_ = register_module("norm", torch::nn::Sequential(layer_norm()));
    crossed_ = register_module("crossed", torch::nn::Sequential(layer_norm()));
    feed_ = register_module("feed", torch::nn::Sequential(linear(width_, feed), torch::nn::ReLU(), linear(feed, width_)));
    head_ = register_module("head", torch::nn::Sequential(layer_norm(), linear(width_, shape.branching)));
  }

  // [rows][width]: what a query adds to the state of any prefix.
  torch::Tensor embed(const torch::Tensor& queries) { return encoder_->forward(queries); }

  // [nodes of that depth][width]: the states of all prefixes.
  torch::Tensor states(std::uint32_t depth) {
    const std::int64_t nodes = shape_.nodes(depth), branching = shape_.branching;
    const auto device = tokens_->weight.device();
    const torch::Tensor node = torch::arange(nodes, device);
    std::vector<torch::Tensor> path{torch::full({nodes}, branching, node.options())};
    for (std::uint32_t place = 1; place <= depth; ++place) {
      path.push_back(torch::floor_divide(node, static_cast<std::int64_t>(shape_.nodes(depth - place))).remainder(branching));
    }
    const std::int64_t length = depth + 1, size = width_ / heads_;
    const torch::Tensor input = tokens_->forward(torch::stack(path, 1)) + positions_->forward(torch::arange(length, device));
    const torch::Tensor split = attention_->forward(input).view({nodes, length, 3, heads_, size}).permute({2, 0, 3, 1, 4});
    const torch::Tensor query = split[0].slice(2, length - 1, length);
    const torch::Tensor scores = query.matmul(split[1].transpose(-1, -2)) / std::sqrt(static_cast<double>(size));
    const torch::Tensor context = torch::softmax(scores, -1).matmul(split[2]).transpose(1, 2).reshape({nodes, width_});
    return norm_->forward(input.select(1, length - 1) + attended_->forward(context));
  }

  // [rows][branching]: log-probabilities of the branches, from the state of a prefix and the embedding of a query in each row.
  torch::Tensor log_odds(const torch::Tensor& states, const torch::Tensor& embeddings) {
    const torch::Tensor sum = crossed_->forward(states + embeddings);
    return torch::log_softmax(head_->forward(sum + feed_->forward(sum)), -1);
  }

  // `mean` and `inverse` are what queries were standardised with before they were embedded.
  annvil::Decoder exported(const torch::Tensor& mean, float inverse) {
    annvil::DecoderParts parts;
    parts.shape = shape_;
    parts.heads = static_cast<std::uint32_t>(heads_);
    parts.tokens = annvil::floats_of(tokens_->weight);
    parts.positions = annvil::floats_of(positions_->weight);
    parts.encoder.add_affine(std::vector<float>(mean.size(0), inverse), annvil::floats_of(-mean * inverse));
    for (const auto& module : encoder_->children()) {
      if (const auto* layer = module->as<torch::nn::Linear>()) {
        const auto inputs = static_cast<std::uint32_t>(layer->options.in_features());
        const auto outputs = static_cast<std::uint32_t>(layer->options.out_features());
        parts.encoder.add_linear(inputs, outputs, annvil::floats_of(layer->weight), annvil::floats_of(layer->bias));
      } else {
        parts.encoder.add_relu(parts.encoder.outputs());
      }
    }
    const auto width = static_cast<std::uint32_t>(width_);
    parts.attention = annvil::export_network(*attention_, width);
    parts.attended = annvil::export_network(*attended_, width);
    parts.norm = annvil::export_network(*norm_, width);
    parts.crossed = annvil::export_network(*crossed_, width);
    parts.feed = annvil::export_network(*feed_, width);
    parts.head = annvil::export_network(*head_, width);
    return annvil::Decoder(std::move(parts));
  }

 private:
  static std::int64_t whole(const annvil::Settings& settings, const char* name) {
    return static_cast<std::int64_t>(settings.whole(name));
  }
  static torch::nn::Linear linear(std::int64_t inputs, std::int64_t outputs) { return torch::nn::Linear(inputs, outputs); }
  torch::nn::LayerNorm layer_norm() const { return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width_})); }

  annvil::TreeShape shape_;
  std::int64_t width_, heads_;
  torch::nn::Sequential encoder_, attention_, attended_, norm_, crossed_, feed_, head_;
  torch::nn::Embedding tokens_{nullptr}, positions_{nullptr};
};

// A batch's targets at one depth: for each (row of the batch, prefix of its paths), how the paths go on.
struct Targets {
  std::vector<std::int64_t> rows, nodes;
  std::vector<float> shares;  // [rows.size()][branching]
};

// The leaves of the neighbours of a query, and the share of each in its loss.
inline std::vector<std::pair<std::uint32_t, float>> paths_of(const annvil::TrainingPairs& pairs, std::span<const std::uint32_t> leaves,
                                                             std::uint32_t query) {
  const std::uint32_t count = pairs.k;
  std::vector<std::pair<std::uint32_t, float>> paths(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t rank = i;
    paths[i] = {leaves[pairs.of(query)[rank]], 1 / static_cast<float>(count)};
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Adds the paths of one row of a batch, sorted by leaf, to the targets of a depth.
inline void add_targets(const annvil::TreeShape& shape, std::uint32_t depth, std::int64_t row,
                        std::span<const std::pair<std::uint32_t, float>> paths, Targets& targets) {
  std::uint32_t last = ~0u;
  for (const auto& [leaf, share] : paths) {
    const std::uint32_t node = shape.node_of(leaf, depth);
    if (node != last) {
      targets.rows.push_back(row);
      targets.nodes.push_back(node);
      targets.shares.resize(targets.shares.size() + shape.branching);
      last = node;
    }
    targets.shares[targets.shares.size() - shape.branching + shape.node_of(leaf, depth + 1) % shape.branching] += share;
  }
}

}  // namespace routing

class Router {
 public:
  Router(const annvil::RoutingTask& task, annvil::Training& training)
      : task_(task), training_(training), device_(training.device) {
    torch::manual_seed(task.seed);
    net_ = std::make_shared<routing::Net>(task.shape, task.base.size(1), training.settings);
    net_->to(device_);
    const double rate = training.settings.number("learning-rate");
    optimiser_ = std::make_unique<torch::optim::Adam>(net_->parameters(), torch::optim::AdamOptions(rate).weight_decay(1e-5));
    mean_ = task.base.mean(0);
    inverse_ = 1 / std::max((task.base - mean_).pow_(2).mean().sqrt().item<float>(), 1e-20f);
  }

  double fit(std::span<const std::uint32_t> leaves, std::uint32_t cycle) {
    const double rate = training_.settings.number("learning-rate");
    for (auto& group : optimiser_->param_groups()) static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate);
    const std::uint64_t epochs = training_.settings.whole("epochs");
    double loss = 0;
    for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
      const std::uint64_t seed = task_.seed + 1009 * (cycle * epochs + epoch + 1);
      torch::manual_seed(seed);
      loss = pass(leaves, seed);
    }
    return loss;
  }

  void branches(std::uint32_t depth, std::span<const std::uint32_t> nodes, std::span<float> log_probabilities) {
    const torch::NoGradGuard off;
    const torch::Tensor states = net_->states(depth);
    const std::int64_t block = 4096, branching = task_.shape.branching;
    for (std::int64_t from = 0; from < task_.base.size(0); from += block) {
      const std::int64_t to = std::min<std::int64_t>(from + block, task_.base.size(0));
      const std::vector<std::int64_t> at(nodes.begin() + from, nodes.begin() + to);
      const torch::Tensor rows = ((task_.base.slice(0, from, to) - mean_) * inverse_).to(device_);
      const torch::Tensor odds = net_->log_odds(states.index_select(0, torch::tensor(at).to(device_)), net_->embed(rows));
      std::ranges::copy(annvil::floats_of(odds), log_probabilities.begin() + from * branching);
    }
  }

  annvil::Decoder exported() { return net_->exported(mean_, inverse_); }

  torch::nn::Module& module() { return *net_; }
  torch::optim::Optimizer& optimiser() { return *optimiser_; }

 private:
  // Rows by number, less the mean of the base and over its deviation, which is one number for all dimensions: distances keep their order.
  torch::Tensor standardised(const torch::Tensor& source, const std::vector<std::int64_t>& rows) const {
    return ((source.index_select(0, torch::tensor(rows)) - mean_) * inverse_).to(device_);
  }

  // One pass over the training's queries in an order of its own. Returns the mean loss.
  double pass(std::span<const std::uint32_t> leaves, std::uint64_t seed) {
    const annvil::TreeShape& shape = task_.shape;
    const std::size_t batch = training_.settings.whole("batch");
    std::mt19937_64 random(seed);
    std::vector<std::uint32_t> order(task_.pairs.queries.count);
    std::iota(order.begin(), order.end(), 0u);
    std::shuffle(order.begin(), order.end(), random);
    double sum = 0;
    std::size_t batches = 0;
    for (std::size_t from = 0; from < order.size(); from += batch, ++batches) {
      const auto size = static_cast<std::int64_t>(std::min(batch, order.size() - from));
      std::vector<std::int64_t> asked;
      std::vector<routing::Targets> targets(shape.height);
      for (std::int64_t row = 0; row < size; ++row) {
        const std::uint32_t drawn = order[from + row];
        asked.push_back(drawn);
        const auto paths = routing::paths_of(task_.pairs, leaves, drawn);
        for (std::uint32_t depth = 0; depth < shape.height; ++depth) routing::add_targets(shape, depth, row, paths, targets[depth]);
      }
      const torch::Tensor queries = standardised(task_.queries, asked);
      const torch::Tensor loss = loss_of(net_->embed(queries), targets) / size;
      optimiser_->zero_grad();
      loss.backward();
      optimiser_->step();
      sum += loss.item<double>();
    }
    return sum / static_cast<double>(batches);
  }

  // Cross-entropy summed over depths, with the true prefix in front (teacher forcing).
  torch::Tensor loss_of(const torch::Tensor& embeddings, const std::vector<routing::Targets>& targets) {
    torch::Tensor loss = torch::zeros({}, embeddings.options());
    for (std::uint32_t depth = 0; depth < task_.shape.height; ++depth) {
      const auto& [rows, nodes, shares] = targets[depth];
      const torch::Tensor states = net_->states(depth).index_select(0, torch::tensor(nodes).to(device_));
      const torch::Tensor odds = net_->log_odds(states, embeddings.index_select(0, torch::tensor(rows).to(device_)));
      loss = loss - (torch::tensor(shares).to(device_).view_as(odds) * odds).sum();
    }
    return loss;
  }

  annvil::RoutingTask task_;
  annvil::Training& training_;
  torch::Device device_;
  std::shared_ptr<routing::Net> net_;
  std::unique_ptr<torch::optim::Adam> optimiser_;
  torch::Tensor mean_;
  float inverse_;
};

}  // namespace candidate
