// The routers of a trained index: log-probabilities of all bins for a query, over one level or two.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <annvil/learned/network.hpp>

#include "../learned/sections.hpp"

namespace annvil::neural_lsh {

// In place.
inline void log_softmax(std::span<float> values) {
  const float largest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (const float value : values) sum += std::exp(value - largest);
  const float total = largest + static_cast<float>(std::log(sum));
  for (float& value : values) value -= total;
}

class Routers {
 public:
  // Throws std::runtime_error where the sections hold no such index.
  explicit Routers(const Sections& sections) {
    const auto shape = sections.values<std::uint32_t>("shape");
    if (shape.size() != 3) throw std::runtime_error("the index has no shape");
    bins_ = shape[0], second_ = shape[1], dimension_ = shape[2];
    if (bins_ < 1 || second_ < 1 || dimension_ < 1 || std::uint64_t{bins_} * second_ > 1u << 24) {
      throw std::runtime_error("the index has no bins, or too many");
    }
    first_ = parse(sections, "router", bins_);
    below_.resize(second_ > 1 ? bins_ : 0);
    for (std::uint32_t bin = 0; bin < below_.size(); ++bin) {
      const std::string name = "router." + std::to_string(bin);
      if (sections.has(name)) below_[bin] = parse(sections, name, second_);
    }
    std::size_t scratch = first_.scratch_floats();
    for (const auto& network : below_) scratch = std::max(scratch, network ? network->scratch_floats() : 0);
    scratch_.resize(scratch);
    first_scores_.resize(bins_);
    order_.resize(bins_);
  }

  std::uint32_t first_bins() const { return bins_; }
  std::uint32_t dimension() const { return dimension_; }
  std::uint32_t bins() const { return bins_ * second_; }

  std::size_t bytes() const {
    std::size_t sum = first_.bytes();
    for (const auto& network : below_) sum += network ? network->bytes() : 0;
    return sum;
  }

  // Most multiply-adds a query: with two levels, those of the `branches` most probable bins of the first are asked.
  std::size_t multiply_adds(std::uint32_t branches) const {
    std::size_t largest = 0;
    for (const auto& network : below_) largest = std::max(largest, network ? network->multiply_adds() : 0);
    return first_.multiply_adds() + (below_.empty() ? 0 : branches * largest);
  }

  // Writes bins() log-probabilities; -infinity where the second level was not reached.
  void score(const float* query, std::uint32_t branches, std::span<float> scores) {
    if (below_.empty()) {
      first_.run(query, scores.data(), scratch_);
      log_softmax(scores);
      return;
    }
    first_.run(query, first_scores_.data(), scratch_);
    log_softmax(first_scores_);
    std::iota(order_.begin(), order_.end(), 0u);
    const auto reached = order_.begin() + std::min(branches, bins_);
    const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
      return first_scores_[a] > first_scores_[b] || (first_scores_[a] == first_scores_[b] && a < b);
    };
    std::partial_sort(order_.begin(), reached, order_.end(), earlier);
    std::fill(scores.begin(), scores.end(), -std::numeric_limits<float>::infinity());
    for (auto bin = order_.begin(); bin != reached; ++bin) {
      const auto own = scores.subspan(std::size_t{*bin} * second_, second_);
      if (below_[*bin]) {
        below_[*bin]->run(query, own.data(), scratch_);
        log_softmax(own);
        for (float& score : own) score += first_scores_[*bin];
      } else {
        own[0] = first_scores_[*bin];
      }
    }
  }

 private:
  Network parse(const Sections& sections, const std::string& name, std::uint32_t outputs) const {
    Network network = Network::parse(sections.values<float>(name));
    if (network.inputs() != dimension_ || network.outputs() != outputs) {
      throw std::runtime_error("the network " + name + " does not fit the index");
    }
    return network;
  }

  std::uint32_t bins_ = 0, second_ = 0, dimension_ = 0;
  Network first_;
  std::vector<std::optional<Network>> below_;
  std::vector<float> scratch_, first_scores_;
  std::vector<std::uint32_t> order_;
};

}  // namespace annvil::neural_lsh
