// Trees of median cuts: along the direction of most variance (PCA tree) or along a drawn one (random projection tree).
// Leaves hold equally many points. The bins of a query come by a lower bound of their distance: the squared margins by which it
// lies beyond the cuts on the leaf's path, summed.
#pragma once

#include "principal.hpp"

namespace annvil::neural_lsh {

enum class Cut { principal, random };

class MedianTree {
 public:
  MedianTree(const Vectors& base, std::uint32_t depth, Cut cut, std::uint64_t seed)
      : base_(base), depth_(depth), directions_(make_rows((std::size_t{1} << depth) - 1, base.stride)) {
    std::mt19937_64 random(seed);
    thresholds_.resize((std::size_t{1} << depth) - 1);
    bins_.resize(base.count);
    std::vector<std::uint32_t> all(base.count);
    std::iota(all.begin(), all.end(), 0u);
    divide(all, 0, 0, cut, random);
  }

  const std::vector<std::uint32_t>& bins() const { return bins_; }

  void score(const float* query, std::span<float> scores) const { descend(query, 0, 0, 0, scores); }

 private:
  const float* direction(std::size_t node) const { return directions_->data() + node * base_.stride; }

  // Nodes lie as in a heap; leaf l of the last level is bin l.
  void divide(std::span<std::uint32_t> rows, std::size_t node, std::uint32_t level, Cut cut, std::mt19937_64& random) {
    if (level == depth_) {
      const auto leaf = static_cast<std::uint32_t>(node - thresholds_.size());
      for (const std::uint32_t row : rows) bins_[row] = leaf;
      return;
    }
    float* own = directions_->data() + node * base_.stride;
    if (cut == Cut::principal) {
      // Of a sample: what more rows change of a direction is less than what iterations leave.
      constexpr std::uint32_t iterations = 20, sample = 10'000;
      principal_directions(base_, thinned(rows, sample), 1, iterations, random, own);
    } else {
      draw_direction(random, base_.dimension, own);
    }
    std::vector<std::pair<float, std::uint32_t>> along;
    along.reserve(rows.size());
    for (const std::uint32_t row : rows) along.emplace_back(dot(base_[row], own, base_.stride), row);
    const std::size_t half = along.size() / 2;
    std::nth_element(along.begin(), along.begin() + static_cast<std::ptrdiff_t>(half), along.end());
    thresholds_[node] = along.empty() ? 0 : along[half].first;
    for (std::size_t i = 0; i < along.size(); ++i) rows[i] = along[i].second;
    divide(rows.subspan(0, half), 2 * node + 1, level + 1, cut, random);
    divide(rows.subspan(half), 2 * node + 2, level + 1, cut, random);
  }

  void descend(const float* query, std::size_t node, std::uint32_t level, float beyond, std::span<float> scores) const {
    if (level == depth_) {
      scores[node - thresholds_.size()] = -beyond;
      return;
    }
    const float margin = dot(query, direction(node), base_.stride) - thresholds_[node];
    descend(query, 2 * node + 1, level + 1, margin < 0 ? beyond : beyond + margin * margin, scores);
    descend(query, 2 * node + 2, level + 1, margin < 0 ? beyond + margin * margin : beyond, scores);
  }

  Vectors base_;
  std::uint32_t depth_;
  std::shared_ptr<HugeArray<float>> directions_;
  std::vector<float> thresholds_;
  std::vector<std::uint32_t> bins_;
};

inline SpacePartition median_tree(const Vectors& base, std::uint32_t depth, Cut cut, std::uint64_t seed) {
  const auto tree = std::make_shared<MedianTree>(base, depth, cut, seed);
  return {tree->bins(), [tree](const float* query, std::span<float> scores) { tree->score(query, scores); }};
}

}  // namespace annvil::neural_lsh
