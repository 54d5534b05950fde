// How sure a mean recall is.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace annvil {

struct Interval {
  double mean, low, high;
};

// The 95 % interval of a mean over queries of shares in [0, 1], each of k neighbours. Wilson's (JASA 22, 1927) with as many trials as
// the spread between queries leaves (Kish's effective sample size): neighbours of one query are found or missed together, and where
// all were found a normal interval would have no width. queries >= 1.
inline Interval recall_interval(std::span<const double> shares, std::size_t k) {
  const auto queries = static_cast<double>(shares.size());
  double sum = 0, squares = 0;
  for (const double share : shares) sum += share;
  const double mean = std::min(1.0, sum / queries);
  for (const double share : shares) squares += (share - mean) * (share - mean);
  // At least one trial a query, at most one a neighbour.
  double trials = queries;
  if (squares > 0 && queries > 1) {
    const double variance_of_mean = squares / (queries - 1) / queries;
    trials = std::clamp(mean * (1 - mean) / variance_of_mean, queries, queries * static_cast<double>(k));
  }
  const double z = 1.959964, zz = z * z;
  const double middle = (mean + zz / (2 * trials)) / (1 + zz / trials);
  const double reach = z / (1 + zz / trials) * std::sqrt(mean * (1 - mean) / trials + zz / (4 * trials * trials));
  // Rounding may carry a bound a hair past what it bounds.
  return {mean, std::clamp(middle - reach, 0.0, mean), std::clamp(middle + reach, mean, 1.0)};
}

}  // namespace annvil
