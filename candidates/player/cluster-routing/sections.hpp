// The trained index of cluster-routing, as `train` writes it and `serve` and the referee read it.
//
//   offsets  u32 [clusters + 1]  where each cluster's members begin
//   members  u32 [total]         base rows, cluster by cluster, copies included
//   network  f32                 annvil::Network, clusters + distance_outputs outputs
#pragma once

#include <vector>

#include <annvil/cluster-routing/holdings.hpp>

#include "../learned/sections.hpp"

namespace annvil::routing {

inline void write_clusters(SectionsWriter& output, const Holdings& holdings) {
  std::vector<std::vector<std::uint32_t>> clusters(holdings.clusters());
  for (std::uint32_t key = 0; key < holdings.keys(); ++key) {
    for (const std::uint32_t cluster : holdings.holders(key)) clusters[cluster].push_back(key);
  }
  std::vector<std::uint32_t> offsets{0}, members;
  for (const auto& cluster : clusters) {
    members.insert(members.end(), cluster.begin(), cluster.end());
    offsets.push_back(static_cast<std::uint32_t>(members.size()));
  }
  output.add<std::uint32_t>("offsets", offsets);
  output.add<std::uint32_t>("members", members);
}

}  // namespace annvil::routing
