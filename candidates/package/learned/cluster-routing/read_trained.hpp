// A trained cluster-routing index, as its training left it, to a package's model.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "../../../player/learned/sections.hpp"
#include "../trained_groups.hpp"

// `efforts`: the greatest that was measured. Throws std::runtime_error.
inline TrainedGroups read_trained(const annvil::Sections& sections, std::uint32_t efforts) {
  const auto offsets = sections.values<std::uint32_t>("offsets"), members = sections.values<std::uint32_t>("members");
  const auto network = sections.values<float>("network");
  TrainedGroups trained{.settings = {efforts}, .groups = static_cast<std::uint32_t>(offsets.size() - 1), .home = {}, .copies = {}, .networks = {}};
  trained.networks.emplace_back(network.begin(), network.end());
  constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();
  for (std::uint32_t cluster = 0; cluster < trained.groups; ++cluster) {
    for (const std::uint32_t row : members.subspan(offsets[cluster], offsets[cluster + 1] - offsets[cluster])) {
      if (row >= trained.home.size()) trained.home.resize(row + 1, nowhere);
      // Whichever cluster comes first keeps the vector itself; copies are as good.
      if (trained.home[row] == nowhere) {
        trained.home[row] = cluster;
      } else {
        trained.copies.push_back({row, cluster});
      }
    }
  }
  return trained;
}
