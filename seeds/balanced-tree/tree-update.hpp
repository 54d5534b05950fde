// Slot `tree-update` of the balanced-tree target: top-down, each vector takes its most probable branch with room (BATL,
// Li et al., KDD 2023), by confidence, from a random start.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <annvil/balanced-tree/tree-update.hpp>

namespace candidate {

class TreeUpdate {
 public:
  explicit TreeUpdate(const annvil::TreeTask& task) : task_(task), random_(task.seed) {}

  void start(std::span<std::uint32_t> leaves) {
    descend(leaves, [this](std::uint32_t, std::span<const std::uint32_t>, std::span<float> scores) {
      for (float& score : scores) score = uniform();
    });
  }

  void update(const annvil::BranchOdds& odds, std::span<std::uint32_t> leaves) {
    descend(leaves, odds);
  }

 private:
  std::uint32_t branching() const { return task_.shape.branching; }

  // In [0, 1).
  float uniform() { return static_cast<float>(random_() >> 40) * 0x1p-24f; }

  // The members of each node of one depth, by row.
  static std::vector<std::vector<std::uint32_t>> groups(std::span<const std::uint32_t> nodes) {
    std::vector<std::vector<std::uint32_t>> members(*std::max_element(nodes.begin(), nodes.end()) + 1);
    for (std::uint32_t row = 0; row < nodes.size(); ++row) members[nodes[row]].push_back(row);
    return members;
  }

  // From the root down: asks for the scores of every row's branches below the node it has come to, and divides each node's members.
  template <class Score>
  void descend(std::span<std::uint32_t> leaves, Score&& score) {
    std::vector<std::uint32_t> nodes(task_.base.count), branches(task_.base.count);
    std::vector<float> scores(std::size_t{task_.base.count} * branching());
    for (std::uint32_t depth = 0; depth < task_.shape.height; ++depth) {
      score(depth, nodes, scores);
      for (const std::vector<std::uint32_t>& members : groups(nodes)) assign(members, scores, branches);
      for (std::uint32_t row = 0; row < nodes.size(); ++row) nodes[row] = nodes[row] * branching() + branches[row];
    }
    std::copy(nodes.begin(), nodes.end(), leaves.begin());
  }

  // Gives each member of one node the best branch that has room, those who are surest of their best branch first.
  // Every branch gets a K-th of them, rounded down, and as many as are left over one more.
  void assign(const std::vector<std::uint32_t>& members, std::span<const float> scores, std::span<std::uint32_t> branches) const {
    std::vector<float> keys(members.size());
    std::vector<std::uint32_t> order(members.size());
    for (std::uint32_t i = 0; i < members.size(); ++i) {
      const float* const score = scores.data() + std::size_t{members[i]} * branching();
      keys[i] = *std::max_element(score, score + branching());
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return keys[a] > keys[b]; });
    const auto room = static_cast<std::uint32_t>(members.size() / branching());
    auto spare = static_cast<std::uint32_t>(members.size() % branching());
    std::vector<std::uint32_t> held(branching());
    for (const std::uint32_t i : order) {
      const std::uint32_t row = members[i];
      const float* const score = scores.data() + std::size_t{row} * branching();
      std::uint32_t best = branching();
      for (std::uint32_t b = 0; b < branching(); ++b) {
        if (held[b] < room + (spare > 0) && (best == branching() || score[b] > score[best])) best = b;
      }
      if (held[best]++ == room) --spare;
      branches[row] = best;
    }
  }

  annvil::TreeTask task_;
  std::mt19937_64 random_;
};

}  // namespace candidate
