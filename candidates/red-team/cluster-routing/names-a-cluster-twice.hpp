// Crime (stop-rule): wants one cluster over and over, and so never pays for the others.
#pragma once

#include <cstdint>
#include <span>

#include <annvil/cluster-routing/stop-rule.hpp>

namespace candidate {

class StopRule {
 public:
  explicit StopRule(std::span<const std::uint32_t>) {}

  void order(std::span<annvil::Chance> chances) const {
    for (annvil::Chance& chance : chances) chance.cluster = chances[0].cluster;
  }

  bool stop(const annvil::Fetched& fetched, std::uint32_t effort) const { return fetched.clusters >= effort; }
};

}  // namespace candidate
