// A trained index as the referee believes it: every vector somewhere, none hidden, copies and model within their caps.
#pragma once

#include <algorithm>

#include <annvil/cluster-routing/holdings.hpp>
#include <annvil/learned/network.hpp>

#include "../../player/learned/sections.hpp"
#include "../learned/served_file.hpp"
#include "exam.hpp"

namespace annvil::referee {

// A network's outputs beyond its logits; candidates/contract/cluster-routing/predictor.hpp, which needs LibTorch, says what they are.
inline constexpr std::size_t distance_outputs = 2;

struct RoutingCaps {
  double copies;       // vectors stored for each base vector, at most
  double model_bytes;  // of the network
  double largest;      // the largest cluster, in mean sizes
};

struct TrainedRouting {
  Clusters clusters;
  Network network;

  // What a served index needs: the network and how many vectors each cluster holds, not which.
  Descriptor served() const {
    SectionsWriter writer;
    const std::vector<std::uint32_t> starts = clusters.starts();
    writer.add<std::uint32_t>("offsets", starts);
    writer.add<float>("network", network.serialised());
    return sealed_file(writer);
  }

  // Of a file with offsets, members and network, and nothing besides (candidates/player/cluster-routing/sections.hpp).
  std::size_t file_bytes() const {
    return sections_bytes({clusters.starts().size(), clusters.total(), network.serialised().size()});
  }
};

// Throws Failure (damaged-index, loses-vectors) and OverLimit (copies, model-bytes, largest-bin, index-bytes).
inline TrainedRouting trained_routing(const Mapping& file, const Vectors& base, std::uint32_t clusters, const RoutingCaps& caps) {
  TrainedRouting index = fault_of_candidate([&] {
    const Sections sections(file);
    const auto offsets = sections.values<std::uint32_t>("offsets"), members = sections.values<std::uint32_t>("members");
    const auto network = Network::parse(sections.values<float>("network"));
    if (offsets.size() != std::size_t{clusters} + 1 || offsets.front() != 0 || offsets.back() != members.size() ||
        !std::is_sorted(offsets.begin(), offsets.end())) {
      throw std::runtime_error("the clusters' offsets are no partition of the members");
    }
    if (network.inputs() != base.dimension || network.outputs() != clusters + distance_outputs)
      throw std::runtime_error("the network has another shape");
    TrainedRouting read{{}, network};
    for (std::uint32_t c = 0; c < clusters; ++c)
      read.clusters.members.emplace_back(members.begin() + offsets[c], members.begin() + offsets[c + 1]);
    return read;
  });
  std::vector<std::uint32_t> seen(base.count, clusters);
  std::size_t found = 0;
  for (std::uint32_t c = 0; c < clusters; ++c) {
    for (const NodeId id : index.clusters.members[c]) {
      if (id >= base.count)
        throw Failure{"tampered", "a cluster holds vector " + std::to_string(id) + " of " + std::to_string(base.count), "damaged-index", 0};
      if (seen[id] == c)
        throw Failure{"tampered", "cluster " + std::to_string(c) + " holds vector " + std::to_string(id) + " twice", "damaged-index", 0};
      found += seen[id] == clusters;
      seen[id] = c;
    }
  }
  if (found != base.count) throw Failure{"tampered", std::to_string(base.count - found) + " vectors lie in no cluster", "loses-vectors", 0};
  const auto total = static_cast<double>(index.clusters.total());
  if (total > caps.copies * base.count + 0.5) throw OverLimit{"copies", caps.copies, total / base.count};
  const auto model_bytes = static_cast<double>(index.network.bytes());
  if (model_bytes > caps.model_bytes) throw OverLimit{"model-bytes", caps.model_bytes, model_bytes};
  const double largest = static_cast<double>(index.clusters.largest()) * clusters / total;
  if (largest > caps.largest) throw OverLimit{"largest-bin", caps.largest, largest};
  // What nobody asks for would be a place to hide the vectors in.
  if (file.size() > index.file_bytes())
    throw OverLimit{"index-bytes", static_cast<double>(index.file_bytes()), static_cast<double>(file.size())};
  return index;
}

}  // namespace annvil::referee
