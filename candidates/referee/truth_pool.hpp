// The rows that may still be among the k nearest of one query.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <annvil/vectors.hpp>

namespace annvil::truth {

// A row's distance to the query, less what is the same for all rows, lies in [low, low + 2 * row_slack[id]], give or take
// query_slack.
class Pool {
 public:
  Pool() = default;
  Pool(std::uint32_t k, double query_slack) : k_(k), query_slack_(query_slack), capacity_(std::max(256u, 4 * k)) {}

  // Rows whose low exceeds this cannot be among the k nearest.
  float limit() const { return limit_; }

  void add(float low, NodeId id, const float* row_slack) {
    pool_.push_back({low, id});
    if (pool_.size() >= capacity_) shrink(row_slack);
  }

  // Lowers the limit to what the pool proves, and drops what lies beyond it.
  void shrink(const float* row_slack) {
    if (pool_.size() <= k_) return;
    std::vector<double> highs;
    highs.reserve(pool_.size());
    for (const Neighbour& row : pool_) highs.push_back(double{row.distance} + 2 * double{row_slack[row.id]});
    std::nth_element(highs.begin(), highs.begin() + (k_ - 1), highs.end());
    const auto proven = static_cast<float>(highs[k_ - 1] + 2 * query_slack_);
    limit_ = std::min(limit_, std::nextafter(proven, std::numeric_limits<float>::infinity()));
    std::erase_if(pool_, [&](const Neighbour& row) { return row.distance > limit_; });
    // Where the data is full of near ties the pool has to grow; doubling keeps the work of shrinking in proportion.
    capacity_ = std::max(capacity_, 2 * pool_.size());
  }

  const std::vector<Neighbour>& rows() const { return pool_; }

 private:
  std::uint32_t k_ = 1;
  double query_slack_ = 0;
  std::size_t capacity_ = 0;
  float limit_ = std::numeric_limits<float>::infinity();
  std::vector<Neighbour> pool_;  // `distance` holds low
};

}  // namespace annvil::truth
