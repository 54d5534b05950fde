// A trained torch::nn::Sequential as a network that needs no LibTorch.
#pragma once

#include <torch/torch.h>

#include <span>
#include <stdexcept>

#include "network.hpp"

namespace annvil {

// The values of a tensor as float32 on the processor, row-major.
inline std::vector<float> floats_of(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

// Linear, ReLU, LayerNorm, BatchNorm1d (by its running statistics) and Dropout (left out: it does nothing at inference).
// `width`: the length of the input vectors. Throws std::runtime_error for any other layer.
inline Network export_network(torch::nn::SequentialImpl& modules, std::uint32_t width) {
  Network network;
  for (const auto& module : modules.children()) {
    if (const auto* linear = module->as<torch::nn::Linear>()) {
      const auto inputs = static_cast<std::uint32_t>(linear->options.in_features());
      const auto outputs = static_cast<std::uint32_t>(linear->options.out_features());
      const auto bias = linear->options.bias() ? floats_of(linear->bias) : std::vector<float>(outputs, 0.0f);
      network.add_linear(inputs, outputs, floats_of(linear->weight), bias);
      width = outputs;
    } else if (module->as<torch::nn::ReLU>()) {
      network.add_relu(width);
    } else if (const auto* norm = module->as<torch::nn::LayerNorm>()) {
      network.add_layer_norm(floats_of(norm->weight), floats_of(norm->bias));
    } else if (const auto* batch = module->as<torch::nn::BatchNorm1d>()) {
      const torch::Tensor scale = batch->weight / torch::sqrt(batch->running_var + batch->options.eps());
      network.add_affine(floats_of(scale), floats_of(batch->bias - batch->running_mean * scale));
    } else if (!module->as<torch::nn::Dropout>()) {
      throw std::runtime_error("a layer " + module->name() + " cannot be exported: use Linear, ReLU, LayerNorm, BatchNorm1d or Dropout");
    }
  }
  return network;
}

}  // namespace annvil
