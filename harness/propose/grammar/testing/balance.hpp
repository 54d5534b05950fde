// Checks a tree update with scores drawn at random: balance at every depth, and that better branches are taken where there is room.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include <annvil/balanced-tree/tree-update.hpp>

namespace balance {

inline void expect(bool holds, const char* name, const char* what) {
  if (holds) return;
  std::printf("%s: not so: %s\n", name, what);
  std::exit(1);
}

struct Case {
  std::uint32_t count;
  annvil::TreeShape shape;
};

// Nodes of every depth hold the mean, rounded down or up.
inline void check_balance(const Case& given, const std::vector<std::uint32_t>& leaves, const char* name) {
  for (std::uint32_t depth = 1; depth <= given.shape.height; ++depth) {
    std::vector<std::uint32_t> held(given.shape.nodes(depth));
    for (const std::uint32_t leaf : leaves) {
      expect(leaf < given.shape.leaves(), name, "every vector lies in a leaf");
      ++held[given.shape.node_of(leaf, depth)];
    }
    for (const std::uint32_t count : held) {
      expect(count <= given.shape.capacity(given.count, depth), name, "no node is over its capacity");
      expect(count >= given.count / given.shape.nodes(depth), name, "no node is under its share");
    }
  }
}

template <class TreeUpdate>
void check(const char* name) {
  const Case cases[] = {{1000, {4, 2}}, {997, {3, 3}}, {64, {4, 3}}, {40, {8, 2}}};
  for (const Case& given : cases) {
    std::mt19937 random(given.count);
    std::normal_distribution<float> normal;
    std::vector<float> rows(std::size_t{given.count} * 16);
    for (float& value : rows) value = normal(random);
    const annvil::Vectors base{rows.data(), given.count, 16, 16};
    // Queries are the first rows, their neighbours the rows after them.
    const std::uint32_t queries = given.count / 4, k = 5;
    std::vector<std::uint32_t> neighbours(std::size_t{queries} * k);
    for (std::uint32_t i = 0; i < neighbours.size(); ++i) neighbours[i] = (i / k + i % k) % given.count;
    const annvil::TrainingPairs pairs{{rows.data(), queries, 16, 16}, k, neighbours.data()};
    TreeUpdate update(annvil::TreeTask{given.shape, base, pairs, 5});
    std::vector<std::uint32_t> leaves(given.count);
    update.start(leaves);
    check_balance(given, leaves, name);

    double scored = 0, drawn = 0;
    const annvil::BranchOdds odds = [&](std::uint32_t depth, std::span<const std::uint32_t> nodes, std::span<float> out) {
      expect(nodes.size() == given.count && out.size() == std::size_t{given.count} * given.shape.branching, name, "every row is asked for");
      for (const std::uint32_t node : nodes) expect(node < given.shape.nodes(depth), name, "nodes are of the depth that is asked for");
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>((i * 2654435761u >> 7) % 1000) / -100;
    };
    update.update(odds, leaves);
    check_balance(given, leaves, name);
    std::vector<float> scores(std::size_t{given.count} * given.shape.branching);
    odds(0, std::vector<std::uint32_t>(given.count), scores);
    for (std::uint32_t row = 0; row < given.count; ++row) {
      const float* score = scores.data() + std::size_t{row} * given.shape.branching;
      scored += score[given.shape.node_of(leaves[row], 1)];
      for (std::uint32_t b = 0; b < given.shape.branching; ++b) drawn += score[b] / given.shape.branching;
    }
    expect(scored > drawn + given.count, name, "vectors take branches that are better than chance");
  }
}

}  // namespace balance
