// Inference of a trained feed-forward network in plain C++: what a served index computes with. LibTorch is not needed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace annvil {

// Layers over one float32 vector, applied in order.
//
// Memory: 4 bytes a parameter. `run` allocates nothing and changes nothing, so any number of threads may share a network.
class Network {
 public:
  enum class Kind : std::uint32_t { linear = 1, relu = 2, layer_norm = 3, affine = 4 };

  // y = W x + b. `weights`: row-major [outputs][inputs], as LibTorch has them; `bias`: [outputs].
  void add_linear(std::uint32_t inputs, std::uint32_t outputs, std::span<const float> weights, std::span<const float> bias) {
    require(weights.size() == std::size_t{inputs} * outputs && bias.size() == outputs, "a linear layer's weights do not fit its shape");
    Layer layer{Kind::linear, inputs, outputs, std::vector<float>(weights.size()), {bias.begin(), bias.end()}};
    for (std::uint32_t row = 0; row < outputs; ++row) {
      for (std::uint32_t column = 0; column < inputs; ++column) layer.weights[std::size_t{column} * outputs + row] = weights[std::size_t{row} * inputs + column];
    }
    add(std::move(layer));
  }
  // y = max(x, 0).
  void add_relu(std::uint32_t width) { add({Kind::relu, width, width, {}, {}}); }
  // y = scale (x - mean) / sqrt(variance + 1e-5) + shift, over the vector (Ba, Kiros & Hinton 2016).
  void add_layer_norm(std::span<const float> scale, std::span<const float> shift) { add_elementwise(Kind::layer_norm, scale, shift); }
  // y = scale x + shift, element by element: a batch normalisation whose statistics stand.
  void add_affine(std::span<const float> scale, std::span<const float> shift) { add_elementwise(Kind::affine, scale, shift); }

  std::uint32_t inputs() const { return layers_.empty() ? 0 : layers_.front().inputs; }
  std::uint32_t outputs() const { return layers_.empty() ? 0 : layers_.back().outputs; }
  std::size_t layer_count() const { return layers_.size(); }

  std::size_t parameters() const {
    std::size_t sum = 0;
    for (const Layer& layer : layers_) sum += layer.weights.size() + layer.bias.size();
    return sum;
  }
  std::size_t bytes() const { return parameters() * sizeof(float); }
  // Multiply-adds of one run; element-wise layers count one an element.
  std::size_t multiply_adds() const {
    std::size_t sum = 0;
    for (const Layer& layer : layers_) sum += layer.kind == Kind::linear ? layer.weights.size() : layer.kind == Kind::relu ? 0 : layer.outputs;
    return sum;
  }

  // Floats of scratch that `run` wants.
  std::size_t scratch_floats() const {
    std::uint32_t widest = 0;
    for (const Layer& layer : layers_) widest = std::max({widest, layer.inputs, layer.outputs});
    return 2 * std::size_t{widest};
  }

  // `input`: inputs() floats; `output`: outputs() floats, which may not overlap the others; `scratch`: at least scratch_floats().
  void run(const float* input, float* output, std::span<float> scratch) const {
    float* const halves[] = {scratch.data(), scratch.data() + scratch.size() / 2};
    const float* from = input;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      float* const to = i + 1 == layers_.size() ? output : halves[i % 2];
      apply(layers_[i], from, to);
      from = to;
    }
  }

  // As floats that `parse` reads back: the number of layers, then of each its kind, inputs, outputs, weights, bias.
  std::vector<float> serialised() const {
    std::vector<float> words{static_cast<float>(layers_.size())};
    for (const Layer& layer : layers_) {
      for (const std::uint32_t field : {static_cast<std::uint32_t>(layer.kind), layer.inputs, layer.outputs}) words.push_back(static_cast<float>(field));
      words.insert(words.end(), layer.weights.begin(), layer.weights.end());
      words.insert(words.end(), layer.bias.begin(), layer.bias.end());
    }
    return words;
  }

  // Throws std::runtime_error where `words` is no network, or holds what is not finite.
  static Network parse(std::span<const float> words) {
    std::size_t at = 0;
    const auto take = [&](std::size_t count) {
      require(count <= words.size() - at, "a network is truncated");
      const auto part = words.subspan(at, count);
      at += count;
      require(std::all_of(part.begin(), part.end(), [](float value) { return std::isfinite(value); }), "a network holds what is no number");
      return part;
    };
    const auto field = [&] {
      const float value = take(1)[0];
      require(value >= 0 && value <= most_of_a_field && value == std::floor(value), "a network's shape is damaged");
      return static_cast<std::uint32_t>(value);
    };
    Network network;
    const std::uint32_t layers = field();
    require(layers >= 1 && layers <= 256, "a network has 1 to 256 layers");
    for (std::uint32_t i = 0; i < layers; ++i) {
      const auto kind = static_cast<Kind>(field());
      const std::uint32_t inputs = field(), outputs = field();
      require(kind >= Kind::linear && kind <= Kind::affine && inputs > 0 && outputs > 0, "a network has a layer of no known kind");
      require(kind == Kind::linear || inputs == outputs, "an element-wise layer changes the width");
      const auto weights = take(kind == Kind::linear ? std::size_t{inputs} * outputs : kind == Kind::relu ? 0 : outputs);
      const auto bias = take(kind == Kind::relu ? 0 : outputs);
      network.add({kind, inputs, outputs, {weights.begin(), weights.end()}, {bias.begin(), bias.end()}});
    }
    require(at == words.size(), "a network is longer than it says");
    return network;
  }

 private:
  // Of a linear layer the weights stand transposed, [inputs][outputs]: rows then add up in vectors without reordering a sum.
  struct Layer {
    Kind kind;
    std::uint32_t inputs, outputs;
    std::vector<float> weights, bias;
  };
  static constexpr float most_of_a_field = 1 << 22;

  static void require(bool holds, const char* otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
  }

  void add(Layer layer) {
    require(layers_.empty() || layers_.back().outputs == layer.inputs, "a layer's inputs are not the outputs of the layer before");
    layers_.push_back(std::move(layer));
  }

  void add_elementwise(Kind kind, std::span<const float> scale, std::span<const float> shift) {
    require(scale.size() == shift.size(), "scale and shift differ in length");
    const auto width = static_cast<std::uint32_t>(scale.size());
    add({kind, width, width, {scale.begin(), scale.end()}, {shift.begin(), shift.end()}});
  }

  static void apply(const Layer& layer, const float* from, float* to) {
    const std::uint32_t width = layer.outputs;
    switch (layer.kind) {
      case Kind::linear:
        multiply(layer, from, to);
        return;
      case Kind::relu:
        for (std::uint32_t i = 0; i < width; ++i) to[i] = from[i] > 0 ? from[i] : 0;
        return;
      case Kind::affine:
        for (std::uint32_t i = 0; i < width; ++i) to[i] = layer.weights[i] * from[i] + layer.bias[i];
        return;
      case Kind::layer_norm: {
        double sum = 0, squares = 0;
        for (std::uint32_t i = 0; i < width; ++i) sum += from[i];
        const double mean = sum / width;
        for (std::uint32_t i = 0; i < width; ++i) squares += (from[i] - mean) * (from[i] - mean);
        const double inverse = 1 / std::sqrt(squares / width + 1e-5);
        for (std::uint32_t i = 0; i < width; ++i) to[i] = layer.weights[i] * static_cast<float>((from[i] - mean) * inverse) + layer.bias[i];
        return;
      }
    }
  }

  // Four inputs at a time, so that an output is loaded and stored a quarter as often.
  static void multiply(const Layer& layer, const float* __restrict from, float* __restrict to) {
    const std::uint32_t width = layer.outputs;
    std::copy(layer.bias.begin(), layer.bias.end(), to);
    const float* __restrict row = layer.weights.data();
    std::uint32_t input = 0;
    for (; input + 4 <= layer.inputs; input += 4, row += std::size_t{4} * width) {
      const float a = from[input], b = from[input + 1], c = from[input + 2], d = from[input + 3];
      for (std::uint32_t i = 0; i < width; ++i) to[i] += (a * row[i] + b * row[width + i]) + (c * row[2 * std::size_t{width} + i] + d * row[3 * std::size_t{width} + i]);
    }
    for (; input < layer.inputs; ++input, row += width) {
      for (std::uint32_t i = 0; i < width; ++i) to[i] += from[input] * row[i];
    }
  }

  std::vector<Layer> layers_;
};

}  // namespace annvil
