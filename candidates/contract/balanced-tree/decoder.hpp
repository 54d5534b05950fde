// What a trained router is served as: an encoder and one transformer decoder layer (Vaswani et al. 2017) in plain C++, without LibTorch.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "../learned/network.hpp"
#include "tree.hpp"

namespace annvil {

// The parts of a decoder, all of one width w, with normalisation after each residual sum as in the original transformer.
//
// The query is one embedding, so attention to it has one place to go: its weight is 1, whatever asks, and what is left of cross-attention
// are its value and output projections. They end the encoder.
struct DecoderParts {
  TreeShape shape;
  std::uint32_t heads = 1;
  std::vector<float> tokens;     // [branching + 1][w]: an embedding a branch, START last
  std::vector<float> positions;  // [height][w]
  Network encoder;               // query -> w, to be added to the state of a prefix
  Network attention;             // w -> 3 w: queries, keys, values of self-attention
  Network attended;              // w -> w: the output projection
  Network norm;                  // w -> w, after self-attention
  Network crossed;               // w -> w: the norm after cross-attention
  Network feed;                  // w -> w: the feed-forward part
  Network head;                  // w -> branching: the last norm and the logits
};

// Scores branches of the tree for a query. Read-only after construction: any number of threads may share it.
//
// The prefix START, b1, b2, ... attends to itself alone, never to the query. With a single layer its keys and values therefore depend on
// nothing but (position, branch), and its state on nothing but the prefix: all keys and values are computed once, at loading, and from them
// the state of every inner node (4 w bytes a node). What is left for a query is one encoding, and a sum, the feed-forward part and the head
// a node.
class Decoder {
 public:
  // Throws std::runtime_error where the parts do not fit each other.
  explicit Decoder(DecoderParts parts) : parts_(std::move(parts)), width_(parts_.encoder.outputs()) {
    const TreeShape& shape = parts_.shape;
    require(shape.branching >= 2 && shape.branching <= 4096 && shape.height >= 1 && shape.height <= 16,
            "a decoder's tree has no sensible shape");
    require(std::pow(shape.branching, shape.height) <= (1 << 24), "a decoder's tree has more than 2^24 leaves");
    require(width_ > 0 && parts_.heads > 0 && width_ % parts_.heads == 0, "a decoder's heads do not divide its width");
    require(parts_.tokens.size() == (std::size_t{shape.branching} + 1) * width_, "a decoder's tokens do not fit its shape");
    require(parts_.positions.size() == std::size_t{shape.height} * width_, "a decoder's positions do not fit its shape");
    const auto fits = [&](const Network& part, std::uint32_t outputs) {
      require(part.inputs() == width_ && part.outputs() == outputs, "a decoder's parts differ in width");
    };
    fits(parts_.attention, 3 * width_);
    for (const Network* part : {&parts_.attended, &parts_.norm, &parts_.crossed, &parts_.feed}) fits(*part, width_);
    fits(parts_.head, shape.branching);
    fill_states();
  }

  const TreeShape& shape() const { return parts_.shape; }
  std::uint32_t dimension() const { return parts_.encoder.inputs(); }
  std::uint32_t width() const { return width_; }
  std::size_t bytes() const { return serialised().size() * sizeof(float); }
  // Multiply-adds of `encode`, and of `branches` for one node.
  std::size_t encode_multiply_adds() const { return parts_.encoder.multiply_adds(); }
  std::size_t branch_multiply_adds() const {
    return parts_.crossed.multiply_adds() + parts_.feed.multiply_adds() + parts_.head.multiply_adds();
  }

  // Floats of scratch that `encode` and `branches` want.
  std::size_t scratch_floats() const {
    std::size_t widest = 0;
    for (const Network* part : {&parts_.encoder, &parts_.crossed, &parts_.feed, &parts_.head})
      widest = std::max(widest, part->scratch_floats());
    return widest + 2 * width_;
  }

  // `query`: dimension() floats; `embedding`: width() floats out.
  void encode(const float* query, float* embedding, std::span<float> scratch) const { parts_.encoder.run(query, embedding, scratch); }

  // Log-probabilities of the branches of an inner node, `shape().branching` floats out. depth < height.
  void branches(std::uint32_t depth, std::uint32_t node, const float* embedding, float* log_probabilities, std::span<float> scratch) const {
    float* const sum = scratch.data();
    float* const fed = sum + width_;
    const auto rest = scratch.subspan(2 * width_);
    const float* state = states_[depth].data() + std::size_t{node} * width_;
    for (std::uint32_t i = 0; i < width_; ++i) fed[i] = state[i] + embedding[i];
    parts_.crossed.run(fed, sum, rest);
    parts_.feed.run(sum, fed, rest);
    for (std::uint32_t i = 0; i < width_; ++i) sum[i] += fed[i];
    parts_.head.run(sum, log_probabilities, rest);
    log_softmax({log_probabilities, parts_.shape.branching});
  }

  // As floats that `parse` reads back.
  std::vector<float> serialised() const {
    std::vector<float> words{static_cast<float>(parts_.shape.branching), static_cast<float>(parts_.shape.height),
                             static_cast<float>(parts_.heads)};
    const auto add = [&](const std::vector<float>& part) {
      words.push_back(static_cast<float>(part.size()));
      words.insert(words.end(), part.begin(), part.end());
    };
    add(parts_.tokens);
    add(parts_.positions);
    for (const Network* part :
         {&parts_.encoder, &parts_.attention, &parts_.attended, &parts_.norm, &parts_.crossed, &parts_.feed, &parts_.head})
      add(part->serialised());
    return words;
  }

  // Throws std::runtime_error where `words` is no decoder.
  static Decoder parse(std::span<const float> words) {
    std::size_t at = 0;
    const auto field = [&](float most) {
      require(at < words.size(), "a decoder is truncated");
      const float value = words[at++];
      require(value >= 0 && value <= most && value == std::floor(value), "a decoder's shape is damaged");
      return static_cast<std::uint32_t>(value);
    };
    const auto part = [&] {
      const std::size_t count = field(1 << 24);
      require(count <= words.size() - at, "a decoder is truncated");
      at += count;
      return words.subspan(at - count, count);
    };
    const auto floats = [&] {
      const auto values = part();
      require(std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }),
              "a decoder holds what is no number");
      return std::vector<float>(values.begin(), values.end());
    };
    DecoderParts parts;
    parts.shape.branching = field(1 << 16), parts.shape.height = field(64), parts.heads = field(1 << 16);
    parts.tokens = floats(), parts.positions = floats();
    for (Network* network : {&parts.encoder, &parts.attention, &parts.attended, &parts.norm, &parts.crossed, &parts.feed, &parts.head})
      *network = Network::parse(part());
    require(at == words.size(), "a decoder is longer than it says");
    return Decoder(std::move(parts));
  }

 private:
  static void require(bool holds, const char* otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
  }

  static void log_softmax(std::span<float> values) {
    const float top = *std::max_element(values.begin(), values.end());
    float sum = 0;
    for (const float value : values) sum += std::exp(value - top);
    const float shift = top + std::log(sum);
    for (float& value : values) value -= shift;
  }

  // Queries, keys and values of every (position, token), 3 w floats each. START stands at position 0 alone, branches at all others.
  std::vector<std::vector<float>> projections() const {
    const std::uint32_t branching = parts_.shape.branching;
    std::vector<std::vector<float>> all(parts_.shape.height);
    std::vector<float> input(width_), scratch(parts_.attention.scratch_floats());
    for (std::uint32_t position = 0; position < parts_.shape.height; ++position) {
      const std::uint32_t from = position == 0 ? branching : 0, count = position == 0 ? 1 : branching;
      all[position].resize(std::size_t{count} * 3 * width_);
      for (std::uint32_t token = 0; token < count; ++token) {
        add_embedding(position, from + token, input.data());
        parts_.attention.run(input.data(), all[position].data() + std::size_t{token} * 3 * width_, scratch);
      }
    }
    return all;
  }

  void add_embedding(std::uint32_t position, std::uint32_t token, float* out) const {
    const float* embedding = parts_.tokens.data() + std::size_t{token} * width_;
    const float* place = parts_.positions.data() + std::size_t{position} * width_;
    for (std::uint32_t i = 0; i < width_; ++i) out[i] = embedding[i] + place[i];
  }

  void fill_states() {
    const TreeShape& shape = parts_.shape;
    const auto cached = projections();
    std::vector<float> sum(width_), context(width_);
    std::vector<float> scratch(std::max(parts_.attended.scratch_floats(), parts_.norm.scratch_floats()));
    std::array<const float*, 16> path{};  // of each position of the prefix, its projections
    for (std::uint32_t depth = 0; depth < shape.height; ++depth) {
      states_.emplace_back(std::size_t{shape.nodes(depth)} * width_);
      for (std::uint32_t node = 0; node < shape.nodes(depth); ++node) {
        path[0] = cached[0].data();
        for (std::uint32_t position = 1; position <= depth; ++position) {
          const std::uint32_t branch = node / shape.nodes(depth - position) % shape.branching;
          path[position] = cached[position].data() + std::size_t{branch} * 3 * width_;
        }
        attend({path.data(), depth + 1}, context.data());
        parts_.attended.run(context.data(), sum.data(), scratch);
        add_embedding(depth, depth == 0 ? shape.branching : node % shape.branching, context.data());
        for (std::uint32_t i = 0; i < width_; ++i) sum[i] += context[i];
        parts_.norm.run(sum.data(), states_[depth].data() + std::size_t{node} * width_, scratch);
      }
    }
  }

  // Scaled dot-product attention of the last place of a prefix to all of it, head by head.
  void attend(std::span<const float* const> path, float* out) const {
    const std::uint32_t size = width_ / parts_.heads;
    std::array<float, 16> weights{};
    for (std::uint32_t head = 0; head < parts_.heads; ++head) {
      const float* query = path.back() + head * size;
      for (std::size_t place = 0; place < path.size(); ++place) {
        float dot = 0;
        for (std::uint32_t i = 0; i < size; ++i) dot += query[i] * path[place][width_ + head * size + i];
        weights[place] = dot / std::sqrt(static_cast<float>(size));
      }
      log_softmax({weights.data(), path.size()});
      std::fill_n(out + head * size, size, 0.0f);
      for (std::size_t place = 0; place < path.size(); ++place) {
        const float weight = std::exp(weights[place]);
        for (std::uint32_t i = 0; i < size; ++i) out[head * size + i] += weight * path[place][2 * width_ + head * size + i];
      }
    }
  }

  DecoderParts parts_;
  std::uint32_t width_;
  std::vector<std::vector<float>> states_;  // [depth][node][w]
};

}  // namespace annvil
