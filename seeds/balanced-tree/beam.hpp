// Slot `beam` of the balanced-tree target: beam search for the most probable leaves of each tree. Compared are the
// vectors found in at least two trees (the frequency filter of BATL, Li et al., KDD 2023).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <annvil/balanced-tree/beam.hpp>
#include <annvil/balanced-tree/decoder.hpp>

namespace candidate {

class Beam {
 public:
  Beam(std::span<const annvil::Decoder> trees, std::uint32_t vectors) : trees_(trees), vectors_(vectors) {}

  annvil::Choice search(const float* query, std::uint32_t effort, std::vector<annvil::Opened>& opened) const {
    const annvil::TreeShape shape = trees_.front().shape();
    const std::uint32_t leaves = std::min(effort, shape.leaves());
    std::vector<Path> paths;
    for (std::uint32_t tree = 0; tree < trees_.size(); ++tree) {
      const std::vector<Path> best = best_leaves(query, tree, leaves);
      paths.insert(paths.end(), best.begin(), best.end());
    }
    for (const Path& path : paths) opened.push_back({path.tree, path.node, 1.0f});
    return {trees_.size() < 2 ? 1.0f : 2.0f, vectors_};
  }

 private:
  // A leaf, or an inner node on the way to one.
  struct Path {
    std::uint32_t tree, node;
    float log_probability;
  };

  // The most probable paths, best first; equal ones by tree and node.
  static void keep(std::vector<Path>& paths, std::size_t count) {
    const auto better = [](const Path& a, const Path& b) {
      if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
      return a.tree != b.tree ? a.tree < b.tree : a.node < b.node;
    };
    count = std::min(count, paths.size());
    std::partial_sort(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(count), paths.end(), better);
    paths.resize(count);
  }

  std::vector<Path> best_leaves(const float* query, std::uint32_t tree, std::uint32_t leaves) const {
    const annvil::Decoder& decoder = trees_[tree];
    const annvil::TreeShape shape = decoder.shape();
    const std::uint32_t width = std::max(leaves, 100u);
    std::vector<float> embedding(decoder.width()), odds(shape.branching), scratch(decoder.scratch_floats());
    decoder.encode(query, embedding.data(), scratch);
    std::vector<Path> paths{{tree, 0, 0.0f}}, longer;
    for (std::uint32_t depth = 0; depth < shape.height; ++depth) {
      longer.clear();
      for (const Path& path : paths) {
        decoder.branches(depth, path.node, embedding.data(), odds.data(), scratch);
        for (std::uint32_t branch = 0; branch < shape.branching; ++branch) {
          longer.push_back({tree, path.node * shape.branching + branch, path.log_probability + odds[branch]});
        }
      }
      paths.swap(longer);
      keep(paths, depth + 1 == shape.height ? leaves : width);
    }
    return paths;
  }

  std::span<const annvil::Decoder> trees_;
  std::uint32_t vectors_;
};

}  // namespace candidate
