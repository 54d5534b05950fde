// Fetching clusters for queries, and what it costs: the one place where vectors and bytes are counted, for a trained index and for all baselines.
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
  // What reading it takes, in whole pages.
  std::size_t bytes(std::uint32_t cluster) const { return stored_bytes(size(cluster), exam_.base().dimension); }
  const RoutingExam& exam() const { return exam_; }

 private:
  const RoutingExam& exam_;
  const Clusters& clusters_;
};

// One query's fetches, one after another.
struct Tour {
  std::uint32_t clusters = 0;
  std::uint32_t vectors = 0;
  std::size_t bytes = 0;
  float best_squared = std::numeric_limits<float>::infinity();

  void fetch(const Probing& probing, std::uint32_t query, std::uint32_t cluster) {
    ++clusters;
    vectors += probing.size(cluster);
    bytes += probing.bytes(cluster);
    best_squared = std::min(best_squared, probing.best_in(query, cluster));
  }
};

// What one effort brings and costs: vectors by query, and bytes of all queries together.
class FetchTally {
 public:
  FetchTally(double effort, std::size_t queries) : vectors_(effort, queries), queries_(queries) {}

  // Once a query.
  void set(const RoutingExam& exam, std::uint32_t query, const Tour& tour) {
    vectors_.set(query, exam.answers(query, tour.best_squared) ? 1 : 0, tour.vectors);
    bytes_ += tour.bytes;
  }
  Json json(std::size_t chunks) const {
    Json point = vectors_.json(chunks);
    point["bytes"] = static_cast<double>(bytes_) / static_cast<double>(queries_);
    return point;
  }

 private:
  EffortTally vectors_;
  std::size_t queries_, bytes_ = 0;
};

inline std::vector<FetchTally> tallies(std::size_t efforts, std::size_t queries) {
  std::vector<FetchTally> all;
  for (std::size_t effort = 1; effort <= efforts; ++effort) all.emplace_back(static_cast<double>(effort), queries);
  return all;
}

inline Json points_of(const std::vector<FetchTally>& tallies, std::size_t chunks) {
  Json points = Json::array();
  for (const FetchTally& tally : tallies) points.push_back(tally.json(chunks));
  return points;
}

}  // namespace annvil::referee
