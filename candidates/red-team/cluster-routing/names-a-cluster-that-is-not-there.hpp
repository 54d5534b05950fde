// Crime (stop-rule): wants a cluster beyond the last, to see what lies behind.
#pragma once

#include <cstdint>
#include <span>

#include <annvil/cluster-routing/stop-rule.hpp>

namespace candidate {

class StopRule {
 public:
  explicit StopRule(std::span<const std::uint32_t>) {}

  void order(std::span<annvil::Chance> chances) const { chances[0].cluster = static_cast<std::uint32_t>(chances.size()); }

  bool stop(const annvil::Fetched& fetched, std::uint32_t effort) const { return fetched.clusters >= effort; }
};

}  // namespace candidate
