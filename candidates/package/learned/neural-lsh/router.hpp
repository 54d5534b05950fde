// Neural LSH's router: log-probabilities of all bins over one level or two, and the candidate's choice of those to look into
// (Dong, Indyk, Razenshteyn and Wagner, ICLR 2020).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

#include <annvil/neural-lsh/probing.hpp>

#include <candidate/probing.hpp>

#include "carve.hpp"
#include "model.hpp"

namespace annvil {

// A model's settings: bins of the first level, in each of these of the second (1: there is none), and how many of the first a query
// reaches below. Its networks: the first level's; then, with two levels, one a bin of the first, or none where all its rows are in its bin 0.
class Router {
  static_assert(ProbingCandidate<candidate::Probing>);

 public:
  // The model outlives it. Throws std::runtime_error where its networks do not fit.
  Router(const Model& model, std::uint32_t dimension) : model_(model), sizes_(sizes_of(model)), probing_(sizes_) {
    const auto require = [](bool holds, const char* otherwise) {
      if (!holds) throw std::runtime_error(otherwise);
    };
    require(model.settings.size() == 3, "its model is not of neural-lsh");
    first_ = model.settings[0], second_ = model.settings[1], branches_ = model.settings[2];
    require(first_ >= 1 && second_ >= 1 && branches_ >= 1 && branches_ <= first_ && std::uint64_t{first_} * second_ == model.groups(),
            "its levels do not make its bins");
    require(model.networks.size() == (second_ > 1 ? first_ + 1 : 1) && model.networks[0], "it has networks of other bins");
    for (std::size_t i = 0; i < model.networks.size(); ++i) {
      const auto& network = model.networks[i];
      require(!network || (network->inputs() == dimension && network->outputs() == (i == 0 ? first_ : second_)), "a network does not fit its bins");
      if (network) network_scratch_ = std::max(network_scratch_, network->scratch_floats());
    }
  }

  // About as many bins; what a candidate makes of more, it was never measured with.
  std::uint32_t most_effort() const { return model_.groups(); }

  std::size_t scratch_bytes() const {
    Carve sizes;
    Scratch(sizes, *this);
    return sizes.bytes();
  }

  // look(bin) is called for each bin to look into.
  template <class Look>
  void route(const float* query, std::uint32_t effort, std::byte* memory, Look&& look) const {
    Carve parts(memory);
    Scratch scratch(parts, *this);
    score(query, scratch);
    // Of a query far from all others a network may make what is no number, which nothing can be ordered by.
    for (float& value : scratch.scores) {
      if (std::isnan(value)) value = -std::numeric_limits<float>::infinity();
    }
    const std::uint32_t count = std::min(probing_.probe(scratch.scores, effort, scratch.bins), model_.groups());
    for (const std::uint32_t bin : scratch.bins.first(count)) {
      if (bin >= model_.groups() || scratch.asked[bin]) continue;
      scratch.asked[bin] = true;
      look(bin);
    }
  }

 private:
  struct Scratch {
    Scratch(Carve& memory, const Router& of)
        : network(memory.array<float>(of.network_scratch_)),
          first_scores(memory.array<float>(of.first_)),
          scores(memory.array<float>(of.model_.groups())),
          order(memory.array<std::uint32_t>(of.first_)),
          bins(memory.array<std::uint32_t>(of.model_.groups())),
          asked(memory.array<bool>(of.model_.groups())) {}
    std::span<float> network, first_scores, scores;
    std::span<std::uint32_t> order, bins;
    std::span<bool> asked;
  };

  static std::vector<std::uint32_t> sizes_of(const Model& model) {
    std::vector<std::uint32_t> sizes(model.groups());
    for (std::uint32_t group = 0; group < sizes.size(); ++group) sizes[group] = model.size_of(group);
    return sizes;
  }

  // In place.
  static void log_softmax(std::span<float> values) {
    const float largest = *std::max_element(values.begin(), values.end());
    double sum = 0;
    for (const float value : values) sum += std::exp(value - largest);
    const float total = largest + static_cast<float>(std::log(sum));
    for (float& value : values) value -= total;
  }

  // -infinity where the second level was not reached.
  void score(const float* query, Scratch& scratch) const {
    const Network& first = *model_.networks[0];
    if (second_ == 1) {
      first.run(query, scratch.scores.data(), scratch.network);
      return log_softmax(scratch.scores);
    }
    first.run(query, scratch.first_scores.data(), scratch.network);
    log_softmax(scratch.first_scores);
    std::iota(scratch.order.begin(), scratch.order.end(), 0u);
    const auto reached = scratch.order.begin() + branches_;
    const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
      return scratch.first_scores[a] > scratch.first_scores[b] || (scratch.first_scores[a] == scratch.first_scores[b] && a < b);
    };
    std::partial_sort(scratch.order.begin(), reached, scratch.order.end(), earlier);
    std::fill(scratch.scores.begin(), scratch.scores.end(), -std::numeric_limits<float>::infinity());
    for (auto bin = scratch.order.begin(); bin != reached; ++bin) {
      const auto own = scratch.scores.subspan(std::size_t{*bin} * second_, second_);
      const auto& network = model_.networks[1 + *bin];
      if (network) {
        network->run(query, own.data(), scratch.network);
        log_softmax(own);
        for (float& score : own) score += scratch.first_scores[*bin];
      } else {
        own[0] = scratch.first_scores[*bin];
      }
    }
  }

  const Model& model_;
  std::vector<std::uint32_t> sizes_;
  candidate::Probing probing_;
  std::uint32_t first_ = 0, second_ = 0, branches_ = 0;
  std::size_t network_scratch_ = 0;
};

}  // namespace annvil
