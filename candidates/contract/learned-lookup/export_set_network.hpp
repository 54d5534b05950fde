// A trained ranker as a set network that needs no LibTorch, layer by layer.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "../learned/export_network.hpp"
#include "set_network.hpp"

namespace annvil {

// Each call adds the operation of its name (SetOperation says what it does) behind those before. `width` is of the input's elements.
class SetNetworkWriter {
 public:
  explicit SetNetworkWriter(std::uint32_t width) : width_(width) {}

  void linear(const torch::nn::Linear& module) {
    weights(floats_of(module->weight));
    weights(module->options.bias() ? floats_of(module->bias)
                                   : std::vector<float>(static_cast<std::size_t>(module->options.out_features())));
    layer(SetOperation::linear, static_cast<std::uint32_t>(module->options.out_features()));
  }
  void layer_norm(const torch::nn::LayerNorm& module) {
    weights(floats_of(module->weight));
    weights(floats_of(module->bias));
    layer(SetOperation::layer_norm, width_);
  }
  void gelu() { layer(SetOperation::gelu, width_); }
  void relu() { layer(SetOperation::relu, width_); }
  // Of elements that hold query, key and value, each a third.
  void attention(std::uint32_t heads) { layer(SetOperation::attention, width_ / 3, heads); }
  void save() { layer(SetOperation::save, width_); }
  void add() { layer(SetOperation::add, width_); }
  void pool() { layer(SetOperation::pool, width_); }

  // Throws std::runtime_error where the layers do not fit one another.
  SetNetwork network() && { return {std::move(layers_), std::move(weights_)}; }

 private:
  void layer(SetOperation operation, std::uint32_t out, std::uint32_t heads = 0) {
    layers_.push_back({operation, width_, out, heads});
    width_ = out;
  }
  void weights(const std::vector<float>& values) { weights_.insert(weights_.end(), values.begin(), values.end()); }

  std::uint32_t width_;
  std::vector<SetLayer> layers_;
  std::vector<float> weights_;
};

}  // namespace annvil
