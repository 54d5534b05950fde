// Exact answers: all rows compared.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <annvil/distance.hpp>
#include <annvil/graph.hpp>
#include <annvil/vectors.hpp>

namespace annvil {

// What a caller is told: squared L2, or 1 - cosine, of which rounding must not make less than nothing.
template <Metric metric>
float told_distance(const float* query, const float* row, std::uint32_t stride) {
  if constexpr (metric == Metric::squared_l2) return squared_l2(query, row, stride);
  return std::max(0.f, 1 - dot(query, row, stride));
}

// The closest few, ascending. Insertion beats a heap while most rows do not get in.
class Nearest {
 public:
  explicit Nearest(std::size_t capacity) : capacity_(capacity) { entries_.reserve(capacity); }

  void insert(const Neighbour& entry) {
    if (entries_.size() == capacity_) {
      if (!(entry < entries_.back())) return;
      entries_.pop_back();
    }
    entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry), entry);
  }
  const std::vector<Neighbour>& entries() const { return entries_; }

 private:
  std::size_t capacity_;
  std::vector<Neighbour> entries_;
};

// The k closest rows to each of a few queries, which share each row while it is in the cache. Ids are nodes.
template <Metric metric>
std::vector<Nearest> nearest_to_each(Vectors base, std::span<const float* const> queries, std::size_t k) {
  std::vector<Nearest> nearest(queries.size(), Nearest(k));
  for (NodeId node = 0; node < base.count; ++node) {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      nearest[i].insert({told_distance<metric>(queries[i], base[node], base.stride), node});
    }
  }
  return nearest;
}

// The k closest of all rows, by distance and then by their original ids, however many k is.
template <Metric metric>
std::vector<Neighbour> exact_answer(Vectors base, const Graph& graph, const float* query, std::size_t k) {
  std::vector<Neighbour> all(base.count);
  for (NodeId node = 0; node < base.count; ++node) {
    all[node] = {told_distance<metric>(query, base[node], base.stride),
                 graph.original_id.empty() ? node : graph.original_id[node]};
  }
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(k), all.end());
  all.resize(k);
  return all;
}

}  // namespace annvil
