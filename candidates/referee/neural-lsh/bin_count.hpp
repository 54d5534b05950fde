// What probing costs and finds, counted the same way for trained indexes and baselines.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "../learned/curve.hpp"
#include "../learned/examine_main.hpp"
#include "../scoring.hpp"

namespace annvil::neural_lsh {

using referee::Failure;

// The queries of one examination and their exact neighbours.
struct Exercise {
  Vectors queries;
  std::uint32_t from, count;  // of the rows of `queries`
  const std::uint32_t* truth;
  std::uint32_t truth_k, k;

  std::span<const std::uint32_t> nearest(std::uint32_t query) const { return {truth + std::size_t{from + query} * truth_k, k}; }
  const float* query(std::uint32_t number) const { return queries[from + number]; }
};

class BinCount {
 public:
  BinCount(std::span<const std::uint32_t> bins_of_rows, std::uint32_t bins, const Exercise& exercise, std::vector<std::uint32_t> efforts)
      : bins_of_rows_(bins_of_rows), sizes_(bins), exercise_(exercise), efforts_(std::move(efforts)), asked_(bins) {
    for (const std::uint32_t bin : bins_of_rows) ++sizes_[bin];
    for (const std::uint32_t effort : efforts_) tallies_.emplace_back(effort, exercise.count);
  }

  const std::vector<std::uint32_t>& sizes() const { return sizes_; }
  const std::vector<std::uint32_t>& efforts() const { return efforts_; }

  // The bins asked for at one effort. Throws Failure where one does not exist or is asked for twice.
  void count(std::uint32_t query, std::size_t effort, std::span<const std::uint32_t> bins) {
    ++turn_;
    std::uint64_t cost = 0;
    for (const std::uint32_t bin : bins) {
      const std::string asked = "asks for the bin " + std::to_string(bin);
      if (bin >= sizes_.size()) throw Failure{"tampered", asked + " of " + std::to_string(sizes_.size()), "no-such-bin", 0};
      if (asked_[bin] == turn_) throw Failure{"tampered", asked + " twice", "bin-asked-twice", 0};
      asked_[bin] = turn_;
      cost += sizes_[bin];
    }
    std::uint32_t found = 0;
    for (const std::uint32_t id : exercise_.nearest(query)) found += asked_[bins_of_rows_[id]] == turn_;
    tallies_[effort].set(query, static_cast<double>(found) / exercise_.k, static_cast<double>(cost));
  }

  referee::Json points(std::size_t chunks) const {
    referee::Json points = referee::Json::array();
    for (const auto& tally : tallies_) points.push_back(tally.json(chunks));
    return points;
  }

 private:
  std::span<const std::uint32_t> bins_of_rows_;
  std::vector<std::uint32_t> sizes_;
  Exercise exercise_;
  std::vector<std::uint32_t> efforts_;
  std::vector<referee::EffortTally> tallies_;
  std::vector<std::uint64_t> asked_;  // the turn in which a bin was last asked for
  std::uint64_t turn_ = 0;
};

// How much more than the mean a query in twenty costs at least, at the first effort whose accuracy is .90; the last one's where none is.
inline double tail_ratio(const referee::Json& points) {
  const auto mean = [](const referee::Json& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  double ratio = 1;
  for (const auto& point : points) {
    const double cost = mean(point["cost"]);
    ratio = cost > 0 ? point["cost95"].get<double>() / cost : 1;
    if (mean(point["recall"]) >= 0.9) break;
  }
  return ratio;
}

// The largest of some bins over their mean.
inline double largest_over_mean(std::span<const std::uint32_t> bins_of_rows, std::uint32_t bins, std::uint32_t divisor = 1) {
  std::vector<std::uint32_t> sizes(bins);
  for (const std::uint32_t bin : bins_of_rows) ++sizes[bin / divisor];
  return static_cast<double>(*std::max_element(sizes.begin(), sizes.end())) * bins / static_cast<double>(bins_of_rows.size());
}

}  // namespace annvil::neural_lsh
