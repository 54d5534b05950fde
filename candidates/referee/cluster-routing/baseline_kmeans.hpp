// Exhaustive probing of k-means clusters, nearest centroid first, as the paper's first baseline; alone, or with every vector in its two
// nearest.
#pragma once

#include <annvil/cluster-routing/clusters.hpp>

#include "probing.hpp"

namespace annvil::referee {

// Numbers of clusters to probe: each of the first 48, then some 6 % more each time, up to all.
inline std::vector<std::uint32_t> probe_counts(std::uint32_t clusters) {
  std::vector<std::uint32_t> counts;
  for (std::uint32_t n = 1; n < clusters; n = std::max(n + 1, n + n / 16)) counts.push_back(n);
  counts.push_back(clusters);
  return counts;
}

// The curve of fetching clusters in the order of their centroids' distances.
inline Json probe_by_centroid(const Probing& probing, const Clustering& clustering, std::size_t chunks) {
  const RoutingExam& exam = probing.exam();
  const CentroidScan scan(clustering.dimension, clustering.centroids);
  const std::vector<std::uint32_t> counts = probe_counts(scan.count());
  std::vector<FetchTally> tallies;
  for (const std::uint32_t count : counts) tallies.emplace_back(count, exam.queries());
  std::vector<float> distance(scan.count());
  std::vector<std::uint32_t> order(scan.count());
  for (std::uint32_t query = 0; query < exam.queries(); ++query) {
    scan.distances(exam.query(query), distance.data());
    for (std::uint32_t c = 0; c < scan.count(); ++c) order[c] = c;
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return distance[a] < distance[b] || (distance[a] == distance[b] && a < b); });
    Tour tour;
    std::size_t at = 0;
    for (const std::uint32_t cluster : order) {
      tour.fetch(probing, query, cluster);
      if (tour.clusters == counts[at]) tallies[at++].set(exam, query, tour);
    }
  }
  return points_of(tallies, chunks);
}

inline Clusters clusters_of(const Clustering& clustering) {
  Clusters clusters{std::vector<std::vector<NodeId>>(clustering.clusters())};
  for (NodeId id = 0; id < clustering.assignment.size(); ++id) clusters.members[clustering.assignment[id]].push_back(id);
  return clusters;
}

// Copies every vector into the cluster of its second nearest centroid.
inline void add_second_nearest(Clusters& clusters, const Clustering& clustering, const Vectors& base) {
  const CentroidScan scan(clustering.dimension, clustering.centroids);
  std::vector<float> distance(scan.count());
  for (NodeId id = 0; id < base.count; ++id) {
    scan.distances(base[id], distance.data());
    distance[clustering.assignment[id]] = std::numeric_limits<float>::infinity();
    clusters.members[static_cast<std::size_t>(std::min_element(distance.begin(), distance.end()) - distance.begin())].push_back(id);
  }
}

}  // namespace annvil::referee
