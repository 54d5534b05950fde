// What a network says of every base row, a block at a time by LibTorch's matrix products: row by row it takes ten times as long.
#pragma once

#include <annvil/learned/network.hpp>

#include "../learned/train_main.hpp"

namespace annvil::neural_lsh {

// The layers of a network over a block of rows [count][inputs].
inline torch::Tensor run_block(const Network& network, torch::Tensor rows) {
  const std::vector<float> words = network.serialised();
  std::size_t at = 1;
  for (std::size_t layer = 0; layer < network.layer_count(); ++layer) {
    const auto kind = static_cast<Network::Kind>(words[at]);
    const auto inputs = static_cast<std::int64_t>(words[at + 1]), outputs = static_cast<std::int64_t>(words[at + 2]);
    at += 3;
    const auto take = [&](std::vector<std::int64_t> shape) {
      std::int64_t size = 1;
      for (const std::int64_t extent : shape) size *= extent;
      const torch::Tensor values = torch::tensor(c10::ArrayRef<float>(words.data() + at, static_cast<std::size_t>(size))).reshape(shape);
      at += static_cast<std::size_t>(size);
      return values;
    };
    if (kind == Network::Kind::relu) {
      rows = torch::relu(rows);
      continue;
    }
    const torch::Tensor weights = kind == Network::Kind::linear ? take({inputs, outputs}) : take({outputs});
    const torch::Tensor bias = take({outputs});
    if (kind == Network::Kind::linear) rows = torch::addmm(bias, rows, weights);
    if (kind == Network::Kind::affine) rows = rows * weights + bias;
    if (kind == Network::Kind::layer_norm) rows = torch::layer_norm(rows, {outputs}, weights, bias);
  }
  return rows;
}

// Log-probabilities, row-major [base.count][network.outputs()].
inline std::vector<float> base_scores(const Network& network, const Vectors& base) {
  const torch::NoGradGuard no_gradients;
  const torch::Tensor rows = tensor_of(base);
  std::vector<float> scores(std::size_t{base.count} * network.outputs());
  constexpr std::int64_t block = 4096;
  for (std::int64_t from = 0; from < rows.size(0); from += block) {
    const torch::Tensor part = rows.slice(0, from, std::min(from + block, rows.size(0))).contiguous();
    const torch::Tensor said = torch::log_softmax(run_block(network, part), 1).contiguous();
    std::copy_n(said.data_ptr<float>(), said.numel(), scores.data() + from * network.outputs());
  }
  return scores;
}

}  // namespace annvil::neural_lsh
