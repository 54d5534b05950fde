// SPANN's index (Chen et al., NeurIPS 2021): many small postings behind heads that stay in memory.
#pragma once

#include <annvil/learned/kmeans.hpp>

#include "exam.hpp"

namespace annvil::referee {

struct SpannSettings {
  double heads = 0.16;          // of the base; the paper takes 12 to 20 %
  std::uint32_t branches = 8;   // of a step of the hierarchical clustering
  std::uint32_t replicas = 8;   // postings a vector may lie in
  std::uint32_t posting = 118;  // vectors in one, at most
  float closure = 0.2f;         // a vector goes to heads within 1 + closure of its nearest one's distance (not squared)
};

struct Spann {
  std::vector<NodeId> heads;
  Clusters postings;  // one for each head
};

namespace spanning {

struct Leaf {
  std::vector<NodeId> rows;
};

// Splits rows into `parts` of nearly equal size: k-means, then rows by rising distance fill the nearest centroid that has room
// (section 3.2.1's balance, as a hard limit).
inline std::vector<std::vector<NodeId>> balanced_split(const Vectors& base, const std::vector<NodeId>& rows, std::uint32_t parts,
                                                       std::uint64_t seed) {
  std::vector<float> copied(rows.size() * base.stride);
  for (std::size_t i = 0; i < rows.size(); ++i) std::copy_n(base[rows[i]], base.stride, copied.data() + i * base.stride);
  const Vectors own{copied.data(), static_cast<std::uint32_t>(rows.size()), base.dimension, base.stride};
  const Clustering clustering = kmeans(own, parts, seed, 8, 256);
  const CentroidScan scan(base.dimension, clustering.centroids);
  struct Wish {
    float distance;
    std::uint32_t row, part;
  };
  std::vector<Wish> wishes;
  std::vector<float> distance(parts);
  for (std::uint32_t i = 0; i < own.count; ++i) {
    scan.distances(own[i], distance.data());
    // Rows compete by how much they prefer a part to their best, not by their length.
    const float best = *std::min_element(distance.begin(), distance.end());
    for (std::uint32_t p = 0; p < parts; ++p) wishes.push_back({distance[p] - best, i, p});
  }
  std::stable_sort(wishes.begin(), wishes.end(), [](const Wish& a, const Wish& b) { return a.distance < b.distance; });
  const std::size_t room = (rows.size() * 5 / 4 + parts - 1) / parts;
  std::vector<std::vector<NodeId>> result(parts);
  std::vector<bool> placed(rows.size());
  for (const Wish& wish : wishes) {
    if (placed[wish.row] || result[wish.part].size() >= room) continue;
    placed[wish.row] = true;
    result[wish.part].push_back(rows[wish.row]);
  }
  std::erase_if(result, [](const auto& part) { return part.empty(); });
  return result;
}

// The row nearest to its leaf's mean.
inline NodeId head_of(const Vectors& base, const std::vector<NodeId>& rows) {
  std::vector<float> mean(base.stride);
  for (const NodeId row : rows) {
    for (std::uint32_t d = 0; d < base.dimension; ++d) mean[d] += base[row][d] / static_cast<float>(rows.size());
  }
  const auto off = [&](NodeId row) {
    double sum = 0;
    for (std::uint32_t d = 0; d < base.dimension; ++d) sum += double{base[row][d] - mean[d]} * (base[row][d] - mean[d]);
    return sum;
  };
  return *std::min_element(rows.begin(), rows.end(), [&](NodeId a, NodeId b) { return off(a) < off(b); });
}

inline std::vector<NodeId> heads(const Vectors& base, const SpannSettings& settings, std::uint64_t seed) {
  // Leaves that are no larger than this are about five eighths of it on average.
  const std::size_t most = std::max<std::size_t>(1, static_cast<std::size_t>(1.6 / settings.heads));
  std::vector<NodeId> all(base.count), found;
  for (NodeId id = 0; id < base.count; ++id) all[id] = id;
  std::vector<std::vector<NodeId>> open{std::move(all)};
  while (!open.empty()) {
    const std::vector<NodeId> rows = std::move(open.back());
    open.pop_back();
    if (rows.size() <= most) {
      found.push_back(head_of(base, rows));
      continue;
    }
    const auto parts = static_cast<std::uint32_t>(std::clamp<std::size_t>((rows.size() + most - 1) / most, 2, settings.branches));
    for (auto& part : balanced_split(base, rows, parts, seed + open.size())) open.push_back(std::move(part));
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace spanning

inline Spann build_spann(const Vectors& base, const SpannSettings& settings, std::uint64_t seed) {
  Spann spann{spanning::heads(base, settings, seed), {}};
  const auto count = static_cast<std::uint32_t>(spann.heads.size());
  struct Entry {
    float squared;
    NodeId id;
  };
  std::vector<std::vector<Entry>> postings(count);
  std::vector<Entry> near(count);
  for (NodeId id = 0; id < base.count; ++id) {
    for (std::uint32_t h = 0; h < count; ++h) near[h] = {squared_l2(base[id], base[spann.heads[h]], base.stride), h};
    const std::size_t looked_at = std::min<std::size_t>(count, 64);
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(looked_at), near.end(),
                      [](const Entry& a, const Entry& b) { return a.squared < b.squared; });
    const float within = near[0].squared * (1 + settings.closure) * (1 + settings.closure);
    std::vector<std::uint32_t> chosen;
    for (std::size_t i = 0; i < looked_at && chosen.size() < settings.replicas && near[i].squared <= within; ++i) {
      // The RNG rule (section 3.2.2): a head that is nearer to one already chosen than to the vector brings nothing.
      const bool covered = std::any_of(chosen.begin(), chosen.end(), [&](std::uint32_t other) {
        return squared_l2(base[spann.heads[other]], base[spann.heads[near[i].id]], base.stride) < near[i].squared;
      });
      if (covered) continue;
      chosen.push_back(near[i].id);
      postings[near[i].id].push_back({near[i].squared, id});
    }
  }
  for (auto& posting : postings) {
    std::stable_sort(posting.begin(), posting.end(), [](const Entry& a, const Entry& b) { return a.squared < b.squared; });
    if (posting.size() > settings.posting) posting.resize(settings.posting);
    auto& members = spann.postings.members.emplace_back();
    for (const Entry& entry : posting) members.push_back(entry.id);
  }
  return spann;
}

}  // namespace annvil::referee
