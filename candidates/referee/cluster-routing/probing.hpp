// Fetching clusters for queries, and what it costs: the one place where vectors are counted, for a trained index and for all baselines.
#pragma once

#include <limits>
#include <vector>

#include "../learned/curve.hpp"
#include "exam.hpp"

namespace annvil::referee {

// Counts every member of a cluster, so copies count again.
class Probing {
 public:
  Probing(const RoutingExam& exam, const Clusters& clusters) : exam_(exam), clusters_(clusters) {}

  // The nearest member's squared distance; infinity for an empty cluster.
  float best_in(std::uint32_t query, std::uint32_t cluster) const {
    float best = std::numeric_limits<float>::infinity();
    for (const NodeId id : clusters_.members[cluster]) best = std::min(best, exam_.squared(query, id));
    return best;
  }
  std::uint32_t size(std::uint32_t cluster) const { return static_cast<std::uint32_t>(clusters_.members[cluster].size()); }
  const RoutingExam& exam() const { return exam_; }

 private:
  const RoutingExam& exam_;
  const Clusters& clusters_;
};

// One query's fetches, one after another.
struct Tour {
  std::uint32_t clusters = 0;
  std::uint32_t vectors = 0;
  float best_squared = std::numeric_limits<float>::infinity();

  void fetch(const Probing& probing, std::uint32_t query, std::uint32_t cluster) {
    ++clusters;
    vectors += probing.size(cluster);
    best_squared = std::min(best_squared, probing.best_in(query, cluster));
  }
};

inline std::vector<EffortTally> tallies(std::size_t efforts, std::size_t queries) {
  std::vector<EffortTally> all;
  for (std::size_t effort = 1; effort <= efforts; ++effort) all.emplace_back(static_cast<double>(effort), queries);
  return all;
}

inline Json points_of(const std::vector<EffortTally>& tallies, std::size_t chunks) {
  Json points = Json::array();
  for (const EffortTally& tally : tallies) points.push_back(tally.json(chunks));
  return points;
}

}  // namespace annvil::referee
