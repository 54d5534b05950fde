// Cluster routing: a network says how probable it is that a cluster holds the nearest neighbour, and the candidate's stop rule how many are
// fetched, one after another (Ikeda, Miyashita and Deguchi 2025).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include <annvil/cluster-routing/stop-rule.hpp>

#include <candidate/stop-rule.hpp>

#include "carve.hpp"
#include "model.hpp"

namespace annvil {

// A model's settings: the greatest effort that was measured. Its one network: a value a cluster, then the expected logarithm of the nearest
// neighbour's squared distance and the logarithm of its deviation.
class Router {
  static_assert(StopRuleCandidate<candidate::StopRule>);

 public:
  // The model outlives it. Throws std::runtime_error where its network does not fit.
  Router(const Model& model, std::uint32_t dimension) : model_(model), sizes_(sizes_of(model)), rule_(std::span<const std::uint32_t>(sizes_)) {
    const auto require = [](bool holds, const char* otherwise) {
      if (!holds) throw std::runtime_error(otherwise);
    };
    require(model.settings.size() == 1 && model.settings[0] >= 1, "its model is not of cluster-routing");
    require(model.networks.size() == 1 && model.networks[0], "it has no network");
    require(network().inputs() == dimension && network().outputs() == model.groups() + 2, "its network does not fit its clusters");
  }

  std::uint32_t most_effort() const { return model_.settings[0]; }

  std::size_t scratch_bytes() const {
    Carve sizes;
    Scratch(sizes, *this);
    return sizes.bytes();
  }

  // look(cluster) is called for each cluster to fetch, and says how near the nearest of all fetched vectors is, squared.
  template <class Look>
  void route(const float* query, std::uint32_t effort, std::byte* memory, Look&& look) const {
    Carve parts(memory);
    Scratch scratch(parts, *this);
    network().run(query, scratch.outputs.data(), scratch.network);
    const std::size_t clusters = model_.groups();
    softmax(scratch.outputs.first(clusters));
    // Of a query far from all others a network may make what is no number, which nothing can be ordered by.
    for (float& value : scratch.outputs) {
      if (std::isnan(value)) value = 0;
    }
    for (std::uint32_t c = 0; c < clusters; ++c) scratch.order[c] = {c, scratch.outputs[c], sizes_[c]};
    rule_.order(scratch.order);
    Fetched fetched{scratch.order, 0, 0, 0, 0, scratch.outputs[clusters], std::exp(scratch.outputs[clusters + 1])};
    // An effort is content only where all lower ones are.
    for (std::uint32_t content = 0; content < effort && fetched.clusters < clusters;) {
      const Chance& next = scratch.order[fetched.clusters];
      if (next.cluster < clusters && !scratch.asked[next.cluster]) {
        scratch.asked[next.cluster] = true;
        fetched.best_squared = look(next.cluster);
        fetched.vectors += sizes_[next.cluster];
      }
      ++fetched.clusters;
      fetched.probability += next.probability;
      while (content < effort && rule_.stop(fetched, content + 1)) ++content;
    }
  }

 private:
  struct Scratch {
    Scratch(Carve& memory, const Router& of)
        : network(memory.array<float>(of.network().scratch_floats())),
          outputs(memory.array<float>(of.network().outputs())),
          order(memory.array<Chance>(of.model_.groups())),
          asked(memory.array<bool>(of.model_.groups())) {}
    std::span<float> network, outputs;
    std::span<Chance> order;
    std::span<bool> asked;
  };

  static std::vector<std::uint32_t> sizes_of(const Model& model) {
    std::vector<std::uint32_t> sizes(model.groups());
    for (std::uint32_t group = 0; group < sizes.size(); ++group) sizes[group] = model.size_of(group);
    return sizes;
  }

  // In place, in a form that does not overflow.
  static void softmax(std::span<float> logits) {
    const float largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (float& value : logits) sum += value = std::exp(value - largest);
    for (float& value : logits) value = static_cast<float>(value / sum);
  }

  const Network& network() const { return *model_.networks[0]; }

  const Model& model_;
  std::vector<std::uint32_t> sizes_;
  candidate::StopRule rule_;
};

}  // namespace annvil
