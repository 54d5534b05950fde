// Fills opened leaves and chooses among their vectors as the contract says (candidates/contract/balanced-tree/beam.hpp).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <annvil/balanced-tree/beam.hpp>

#include "grown_forest.hpp"

namespace annvil::referee {

class ChosenVectors {
 public:
  ChosenVectors(const GrownForest& forest, std::uint32_t vectors) : forest_(forest), weights_(vectors) {
    for (std::size_t tree = 0; tree < forest.trees().size(); ++tree) opened_.emplace_back(forest.shape().leaves());
  }

  // Throws Failure for an answer that the contract forbids. The choice stands until the next one.
  void choose(const Choice& choice, std::span<const Opened> opened) {
    for (const std::uint32_t row : touched_) weights_[row] = 0;
    touched_.clear();
    if (!(std::isfinite(choice.least) && choice.least > 0)) refuse("no weight is the least that counts");
    ++turn_;
    for (const auto& [tree, leaf, weight] : opened) {
      if (tree >= opened_.size() || leaf >= forest_.shape().leaves()) refuse("a leaf is opened that is in no tree");
      if (!(std::isfinite(weight) && weight > 0)) refuse("a leaf is opened with no weight");
      if (opened_[tree][leaf] == turn_) refuse("a leaf is opened twice");
      opened_[tree][leaf] = turn_;
      for (const std::uint32_t row : forest_.trees()[tree].of(leaf)) {
        if (weights_[row] == 0) touched_.push_back(row);
        weights_[row] += weight;
      }
    }
    limit(choice);
  }

  std::size_t count() const { return count_; }
  bool holds(std::uint32_t row) const {
    return heavier(weights_[row], row, bar_weight_, bar_row_) || (weights_[row] == bar_weight_ && row == bar_row_);
  }

 private:
  [[noreturn]] static void refuse(const std::string& detail) { throw Failure{"tampered", detail, "forbidden-answer", 0}; }

  // In the order of choice: by weight, equal ones by id.
  static bool heavier(float a, std::uint32_t a_row, float b, std::uint32_t b_row) { return a > b || (a == b && a_row < b_row); }

  void limit(const Choice& choice) {
    ranked_.clear();
    for (const std::uint32_t row : touched_) {
      if (weights_[row] >= choice.least) ranked_.push_back(row);
    }
    count_ = std::min<std::size_t>(ranked_.size(), choice.most);
    if (count_ == 0) {
      bar_weight_ = std::numeric_limits<float>::infinity(), bar_row_ = 0;
      return;
    }
    const auto last = ranked_.begin() + static_cast<std::ptrdiff_t>(count_ - 1);
    std::nth_element(ranked_.begin(), last, ranked_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return heavier(weights_[a], a, weights_[b], b); });
    bar_weight_ = weights_[*last], bar_row_ = *last;
  }

  const GrownForest& forest_;
  std::vector<float> weights_;                      // of each row; 0: in no opened leaf
  std::vector<std::vector<std::uint32_t>> opened_;  // [tree][leaf]: the last turn it was opened in
  std::vector<std::uint32_t> touched_, ranked_;
  std::uint32_t turn_ = 0;
  std::size_t count_ = 0;
  float bar_weight_ = 0;  // the last that is chosen
  std::uint32_t bar_row_ = 0;
};

}  // namespace annvil::referee
