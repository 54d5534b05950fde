// A network over a set, in plain C++: what a ranker exports, and the referee runs. It can say everything that a NanoGPT-style
// transformer without mask or positions can, and everything that a pointwise network can.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace annvil {

enum class SetOperation : std::uint32_t {
  linear,      // each element: W x + b; weights: out * in (row by row), then out
  gelu,        // each value: x Phi(x), by erf
  relu,        // each value: max(x, 0)
  layer_norm,  // each element: zero mean, unit variance (eps 1e-5), then gain and bias; weights: width, then width
  attention,   // each element holds query, key and value of all heads, in that order: softmax(q k / sqrt(width / heads)) v
  save,        // remembers the elements as they are
  add,         // adds what the latest `save` without an `add` remembered
  pool,        // each element becomes the mean of all
};

// One operation, and the widths of an element before and after it.
struct SetLayer {
  SetOperation operation;
  std::uint32_t in, out;
  std::uint32_t heads;  // attention's; 0 elsewhere
};

// Floats that belong to a layer.
inline std::size_t set_layer_weights(const SetLayer& layer) {
  const auto in = static_cast<std::size_t>(layer.in), out = static_cast<std::size_t>(layer.out);
  if (layer.operation == SetOperation::linear) return out * in + out;
  return layer.operation == SetOperation::layer_norm ? 2 * in : 0;
}

// Layers one after the other over n elements of `layers.front().in` floats.
class SetNetwork {
 public:
  SetNetwork() = default;
  // Throws std::runtime_error where widths do not follow from one another, a stack of `save` does not come out even, heads do
  // not divide a width, or the weights are not as many as the layers want.
  SetNetwork(std::vector<SetLayer> layers, std::vector<float> weights) : layers_(std::move(layers)), weights_(std::move(weights)) {
    check();
  }

  const std::vector<SetLayer>& layers() const { return layers_; }
  const std::vector<float>& weights() const { return weights_; }
  std::uint32_t in() const { return layers_.front().in; }
  std::uint32_t out() const { return layers_.back().out; }

  // `elements`: n rows of in() floats. Returns n rows of out() floats.
  std::vector<float> run(std::span<const float> elements, std::size_t n) const;

 private:
  void check() const;

  std::vector<SetLayer> layers_;
  std::vector<float> weights_;
};

inline void SetNetwork::check() const {
  if (layers_.empty()) throw std::runtime_error("a set network has a layer at least");
  std::vector<std::uint32_t> saved;
  std::size_t wanted = 0;
  std::uint32_t width = layers_.front().in;
  for (const SetLayer& layer : layers_) {
    if (layer.in != width || layer.in == 0 || layer.out == 0 || layer.in > 1 << 14 || layer.out > 1 << 14)
      throw std::runtime_error("a layer's width is not what the one before it leaves");
    std::uint32_t out = layer.in;
    switch (layer.operation) {
      case SetOperation::linear: out = layer.out; break;
      case SetOperation::attention:
        if (layer.in % 3 != 0 || layer.heads == 0 || layer.in / 3 % layer.heads != 0)
          throw std::runtime_error("heads do not divide attention's width");
        out = layer.in / 3;
        break;
      case SetOperation::save: saved.push_back(layer.in); break;
      case SetOperation::add:
        if (saved.empty() || saved.back() != layer.in) throw std::runtime_error("an `add` has no `save` of its width");
        saved.pop_back();
        break;
      case SetOperation::gelu:
      case SetOperation::relu:
      case SetOperation::layer_norm:
      case SetOperation::pool: break;
      default: throw std::runtime_error("no such operation");
    }
    if (layer.out != out) throw std::runtime_error("a layer's width is not what its operation leaves");
    wanted += set_layer_weights(layer);
    width = layer.out;
  }
  if (!saved.empty()) throw std::runtime_error("a `save` has no `add`");
  if (wanted != weights_.size()) throw std::runtime_error("a set network's weights are not as many as its layers want");
}

namespace set_operations {

inline void linear(const SetLayer& layer, const float* weights, std::vector<float>& x, std::size_t n) {
  std::vector<float> y(n * layer.out);
  const float* bias = weights + static_cast<std::size_t>(layer.in) * layer.out;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::uint32_t o = 0; o < layer.out; ++o) {
      const float* row = weights + static_cast<std::size_t>(o) * layer.in;
      const float* element = &x[i * layer.in];
      float sum = bias[o];
      for (std::uint32_t k = 0; k < layer.in; ++k) sum += row[k] * element[k];
      y[i * layer.out + o] = sum;
    }
  }
  x = std::move(y);
}

inline void layer_norm(const SetLayer& layer, const float* gain, std::vector<float>& x, std::size_t n) {
  const std::uint32_t width = layer.in;
  for (std::size_t i = 0; i < n; ++i) {
    float* element = &x[i * width];
    float mean = 0, variance = 0;
    for (std::uint32_t k = 0; k < width; ++k) mean += element[k];
    mean /= static_cast<float>(width);
    for (std::uint32_t k = 0; k < width; ++k) variance += (element[k] - mean) * (element[k] - mean);
    const float scale = 1 / std::sqrt(variance / static_cast<float>(width) + 1e-5f);
    for (std::uint32_t k = 0; k < width; ++k) element[k] = (element[k] - mean) * scale * gain[k] + gain[width + k];
  }
}

inline void attention(const SetLayer& layer, std::vector<float>& x, std::size_t n) {
  const std::size_t width = layer.out, head_width = width / layer.heads, stride = layer.in;
  const float scale = 1 / std::sqrt(static_cast<float>(head_width));
  std::vector<float> y(n * width, 0), share(n);
  for (std::size_t head = 0; head < layer.heads; ++head) {
    for (std::size_t i = 0; i < n; ++i) {
      const float* query = &x[i * stride + head * head_width];
      float top = -INFINITY, total = 0;
      for (std::size_t j = 0; j < n; ++j) {
        const float* key = &x[j * stride + width + head * head_width];
        float dot = 0;
        for (std::size_t k = 0; k < head_width; ++k) dot += query[k] * key[k];
        share[j] = dot * scale;
        top = std::fmax(top, share[j]);
      }
      for (std::size_t j = 0; j < n; ++j) total += share[j] = std::exp(share[j] - top);
      for (std::size_t j = 0; j < n; ++j) {
        const float* value = &x[j * stride + 2 * width + head * head_width];
        for (std::size_t k = 0; k < head_width; ++k) y[i * width + head * head_width + k] += share[j] / total * value[k];
      }
    }
  }
  x = std::move(y);
}

inline void pool(const SetLayer& layer, std::vector<float>& x, std::size_t n) {
  for (std::uint32_t k = 0; k < layer.in; ++k) {
    float mean = 0;
    for (std::size_t i = 0; i < n; ++i) mean += x[i * layer.in + k];
    for (std::size_t i = 0; i < n; ++i) x[i * layer.in + k] = mean / static_cast<float>(n);
  }
}

}  // namespace set_operations

inline std::vector<float> SetNetwork::run(std::span<const float> elements, std::size_t n) const {
  std::vector<float> x(elements.begin(), elements.end());
  std::vector<std::vector<float>> saved;
  const float* weights = weights_.data();
  for (const SetLayer& layer : layers_) {
    switch (layer.operation) {
      case SetOperation::linear: set_operations::linear(layer, weights, x, n); break;
      case SetOperation::gelu:
        for (float& value : x) value *= 0.5f * (1 + std::erf(value * 0.70710678f));
        break;
      case SetOperation::relu:
        for (float& value : x) value = std::fmax(value, 0.0f);
        break;
      case SetOperation::layer_norm: set_operations::layer_norm(layer, weights, x, n); break;
      case SetOperation::attention: set_operations::attention(layer, x, n); break;
      case SetOperation::save: saved.push_back(x); break;
      case SetOperation::add:
        for (std::size_t i = 0; i < x.size(); ++i) x[i] += saved.back()[i];
        saved.pop_back();
        break;
      case SetOperation::pool: set_operations::pool(layer, x, n); break;
    }
    weights += set_layer_weights(layer);
  }
  return x;
}

}  // namespace annvil
