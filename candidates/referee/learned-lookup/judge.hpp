// Scores lookups, a candidate's and a baseline's alike: exact answers and squared error by number of lookups, and what figures show.
#pragma once

#include <array>
#include <cmath>
#include <string>

#include "../learned/curve.hpp"
#include "structure.hpp"

namespace annvil::referee {

inline constexpr std::size_t chunks = 40;

// The best that a query's first lookups have read (v* of section 4.1): points before extra vectors, the closest to the query first.
class BestSoFar {
 public:
  void see(float distance, std::span<const float> value, bool is_point) {
    if (is_point < is_point_ || (is_point == is_point_ && distance >= distance_)) return;
    distance_ = distance, value_ = value, is_point_ = is_point;
  }
  // Whether it is the answer: a point as close as the closest.
  bool exact(float least) const { return is_point_ && distance_ <= least; }
  // Squared distance to the answer.
  float error(std::span<const float> answer) const { return lookup::distance(value_, answer); }
  bool any() const { return !value_.empty(); }

 private:
  float distance_ = INFINITY;
  std::span<const float> value_;
  bool is_point_ = false;
};

// Points and facts error1 to errorM: mean squared error after so many lookups.
inline Json judged(const Trial& trial, const Structure& structure, const Lookups& lookups) {
  Json points = Json::array(), facts = Json::object();
  std::vector<BestSoFar> best(trial.query_count());
  for (std::size_t i = 0; i < lookups.size(); ++i) {
    EffortTally tally(static_cast<double>(i + 1), trial.query_count());
    double error = 0;
    for (std::size_t query = 0; query < trial.query_count(); ++query) {
      const std::size_t dataset = trial.dataset_of(query);
      const auto answer = trial.point(dataset, trial.nearest[query]);
      if (const std::uint32_t position = lookups[i][query]; position != no_point) {
        const auto value = structure.at(dataset, position);
        best[query].see(lookup::distance(value, trial.queries[query]), value,
                        structure.origin[dataset * structure.positions + position] != no_point);
      }
      tally.set(query, best[query].exact(lookup::distance(answer, trial.queries[query])) ? 1 : 0, static_cast<double>(i + 1));
      if (best[query].any()) error += best[query].error(answer);
    }
    points.push_back(tally.json(chunks));
    facts["error" + std::to_string(i + 1)] = error / static_cast<double>(trial.query_count());
  }
  return {{"kind", "examined"}, {"points", points}, {"facts", facts}};
}

// Share of points that lie where they would if the dataset were sorted, in the better of the two directions (1D).
inline double sorted_share(const Trial& trial, const Structure& structure) {
  std::array<double, 2> in_place{};
  const std::uint32_t points = trial.problem.points;
  for (std::size_t dataset = 0; dataset < trial.datasets; ++dataset) {
    const std::vector<std::uint32_t> order = ascending(trial.points[dataset]);
    const std::uint32_t* origin = &structure.origin[dataset * structure.positions];
    for (std::uint32_t i = 0; i < points; ++i) in_place[0] += origin[i] == order[i], in_place[1] += origin[i] == order[points - 1 - i];
  }
  return std::max(in_place[0], in_place[1]) / static_cast<double>(trial.datasets * points);
}

// Share of points that are found again, within a hundredth of a unit, somewhere in what is stored.
inline double retained_share(const Trial& trial, const Structure& structure) {
  std::size_t kept = 0;
  for (std::size_t dataset = 0; dataset < trial.datasets; ++dataset) {
    for (std::uint32_t i = 0; i < trial.problem.points; ++i) {
      bool found = false;
      for (std::uint32_t at = 0; at < trial.problem.points && !found; ++at)
        found = lookup::distance(trial.point(dataset, i), structure.at(dataset, at)) <= 1e-4f;
      kept += found;
    }
  }
  return static_cast<double>(kept) / static_cast<double>(trial.datasets * trial.problem.points);
}

// How closely the first lookup follows the query, in either direction: Pearson's correlation of the position with the query (1D). Binary
// search, which always begins in the middle, has none.
inline double first_follows_query(const Trial& trial, const std::vector<std::uint32_t>& positions) {
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  const auto n = static_cast<double>(trial.query_count());
  for (std::size_t query = 0; query < trial.query_count(); ++query) {
    const double a = trial.queries[query][0], b = positions[query];
    x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
  }
  const double spread = (n * xx - x * x) * (n * yy - y * y);
  return spread > 0 ? std::abs(n * xy - x * y) / std::sqrt(spread) : 0;
}

// How often each lookup reads each position: a row a lookup, shares.
inline Json lookup_histogram(const Trial& trial, const Structure& structure, const Lookups& lookups) {
  std::vector<std::vector<double>> rows;
  for (const auto& positions : lookups) {
    std::vector<double> row(structure.positions);
    for (const std::uint32_t position : positions)
      if (position != no_point) row[position] += 1.0 / static_cast<double>(trial.query_count());
    rows.push_back(std::move(row));
  }
  return rows;
}

// Mean distance along one coordinate between what lies in two positions (figure 3).
inline Json distances_along(const Trial& trial, const Structure& structure, std::uint32_t coordinate) {
  const std::uint32_t n = trial.problem.points;
  std::vector<std::vector<double>> apart(n, std::vector<double>(n));
  for (std::size_t dataset = 0; dataset < trial.datasets; ++dataset) {
    for (std::uint32_t i = 0; i < n; ++i) {
      for (std::uint32_t j = 0; j < n; ++j)
        apart[i][j] +=
            std::abs(structure.at(dataset, i)[coordinate] - structure.at(dataset, j)[coordinate]) / static_cast<double>(trial.datasets);
    }
  }
  return apart;
}

// All of the above that makes sense of the problem.
inline Json judged_with_pictures(const Trial& trial, const Structure& structure, const Lookups& lookups) {
  Json answer = judged(trial, structure, lookups);
  if (trial.problem.dimension == 1) {
    answer["facts"]["sorted"] = sorted_share(trial, structure);
    answer["facts"]["firstFollowsQuery"] = first_follows_query(trial, lookups.front());
  }
  answer["facts"]["retained"] = retained_share(trial, structure);
  answer["pictures"]["lookups"] = lookup_histogram(trial, structure, lookups);
  if (trial.problem.dimension <= 2) {
    for (std::uint32_t k = 0; k < trial.problem.dimension; ++k)
      answer["pictures"]["apart" + std::to_string(k + 1)] = distances_along(trial, structure, k);
  }
  return answer;
}

}  // namespace annvil::referee
