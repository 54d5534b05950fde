// Slot `stop-rule`: fetches the clusters by probability, until the chance that the nearest neighbour is still to come
// falls below what the effort says.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include <annvil/cluster-routing/stop-rule.hpp>

namespace candidate {

class StopRule {
 public:
  explicit StopRule(std::span<const std::uint32_t>) {}

  void order(std::span<annvil::Chance> chances) const {
    std::sort(chances.begin(), chances.end(), [](const annvil::Chance& a, const annvil::Chance& b) {
      const double left = worth(a), right = worth(b);
      return left > right || (left == right && a.cluster < b.cluster);
    });
  }

  bool stop(const annvil::Fetched& fetched, std::uint32_t effort) const {
    return std::max(1e-9, 1.0 - fetched.probability) < least(effort);
  }

 private:
  static double worth(const annvil::Chance& chance) { return chance.probability; }

  // Of the chance that is left, what an effort still goes after: a twentieth of a decade less each.
  static double least(std::uint32_t effort) { return std::pow(10.0, -0.05 * effort); }
};

}  // namespace candidate
