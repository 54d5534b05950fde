// Slot `ranker`: a transformer without mask or positions, trained through SoftSort of its scores. From 0.3 of the steps
// on it stays as it is, and points are placed as they will be in the end.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <annvil/learned-lookup/export_set_network.hpp>
#include <annvil/learned-lookup/ranker.hpp>

namespace candidate {

namespace ranking {

// A block of NanoGPT's without mask: attention, then a wider layer, each behind a layer norm and added to what came in.
class Block : public torch::nn::Module {
 public:
  Block(std::int64_t width, std::int64_t heads)
      : heads_(heads),
        before_(register_module("before", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})))),
        after_(register_module("after", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})))),
        qkv_(register_module("qkv", torch::nn::Linear(width, 3 * width))),
        mix_(register_module("mix", torch::nn::Linear(width, width))),
        up_(register_module("up", torch::nn::Linear(width, 4 * width))),
        down_(register_module("down", torch::nn::Linear(4 * width, width))) {}

  torch::Tensor forward(const torch::Tensor& x) {
    const auto sets = x.size(0), points = x.size(1), width = x.size(2);
    // [query, key, value][sets][heads][points][width / heads]
    const torch::Tensor parts =
        qkv_->forward(before_->forward(x)).view({sets, points, 3, heads_, width / heads_}).permute({2, 0, 3, 1, 4});
    const double scale = 1 / std::sqrt(static_cast<double>(width / heads_));
    const torch::Tensor shares = torch::softmax(torch::matmul(parts[0], parts[1].transpose(-1, -2)) * scale, -1);
    const torch::Tensor mixed = torch::matmul(shares, parts[2]).transpose(1, 2).reshape({sets, points, width});
    const torch::Tensor y = x + mix_->forward(mixed);
    return y + down_->forward(torch::gelu(up_->forward(after_->forward(y))));
  }

  void write(annvil::SetNetworkWriter& out) const {
    out.save();
    out.layer_norm(before_);
    out.linear(qkv_);
    out.attention(static_cast<std::uint32_t>(heads_));
    out.linear(mix_);
    out.add();
    out.save();
    out.layer_norm(after_);
    out.linear(up_);
    out.gelu();
    out.linear(down_);
    out.add();
  }

 private:
  std::int64_t heads_;
  torch::nn::LayerNorm before_, after_;
  torch::nn::Linear qkv_, mix_, up_, down_;
};

// Embedding, blocks, layer norm, head.
class Network : public torch::nn::Module {
 public:
  Network(const annvil::LookupScale& scale, std::uint32_t in, std::uint32_t out)
      : in_(register_module("in", torch::nn::Linear(in, scale.width))),
        norm_(register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({scale.width})))),
        out_(register_module("out", torch::nn::Linear(scale.width, out))) {
    for (std::uint32_t i = 0; i < scale.blocks; ++i) {
      const auto block = std::make_shared<Block>(scale.width, scale.heads);
      blocks_.push_back(register_module("block" + std::to_string(i), block));
    }
    // NanoGPT's start: small weights, no biases. In one dimension layer norm then leaves hardly more than a value's sign to begin with.
    const torch::NoGradGuard no_gradient;
    for (const auto& module : modules(false)) {
      if (auto* linear = module->as<torch::nn::Linear>()) {
        linear->weight.normal_(0, 0.02);
        linear->bias.zero_();
      }
    }
  }

  torch::Tensor forward(const torch::Tensor& points) {
    torch::Tensor x = in_->forward(points);
    for (const auto& block : blocks_) x = block->forward(x);
    return out_->forward(norm_->forward(x));
  }

  annvil::SetNetwork network() const {
    annvil::SetNetworkWriter out(static_cast<std::uint32_t>(in_->options.in_features()));
    out.linear(in_);
    for (const auto& block : blocks_) block->write(out);
    out.layer_norm(norm_);
    out.linear(out_);
    return std::move(out).network();
  }

 private:
  torch::nn::Linear in_;
  torch::nn::LayerNorm norm_;
  torch::nn::Linear out_;
  std::vector<std::shared_ptr<Block>> blocks_;
};

// Row i has a one at the point of the i-th smallest score.
inline torch::Tensor permutation(const torch::Tensor& scores) {
  const torch::Tensor order = scores.argsort(-1, false).unsqueeze(-1);
  return torch::zeros({scores.size(0), scores.size(1), scores.size(1)}, scores.options()).scatter_(-1, order, 1.0);
}

// SoftSort (Prillo & Eisenschlos 2020): row i is the nearer to a point the nearer its score is to the i-th smallest.
inline torch::Tensor relaxed_permutation(const torch::Tensor& scores) {
  const torch::Tensor sorted = std::get<0>(scores.sort(-1));
  return torch::softmax((sorted.unsqueeze(-1) - scores.unsqueeze(-2)).abs() / -1, -1);
}

}  // namespace ranking

class Ranker {
 public:
  Ranker(const annvil::LookupProblem& problem, const annvil::Training& training)
      : network_(problem.scale, problem.dimension, problem.outputs()) {
    network_.to(training.device);
  }

  torch::Tensor outputs(const torch::Tensor& datasets) { return network_.forward(datasets); }

  torch::Tensor placement(const torch::Tensor& outputs, double progress) {
    // Scores of unit deviation times sqrt(n): the sort's temperature means the same to every dataset.
    const torch::Tensor raw = outputs.squeeze(-1);
    const double unit = std::sqrt(static_cast<double>(raw.size(-1)));
    const torch::Tensor scores = (raw - raw.mean(-1, true)) / (raw.std(-1, false, true) + 1e-6) * unit;
    if (learning_rate(progress) <= 0) return ranking::permutation(scores);
    return ranking::relaxed_permutation(scores);
  }

  std::vector<torch::Tensor> parameters() { return network_.parameters(); }

  double learning_rate(double progress) const { return progress < 0.3 ? 1e-3 : 0; }

  annvil::SetNetwork network() { return network_.network(); }

 private:
  ranking::Network network_;
};

}  // namespace candidate
