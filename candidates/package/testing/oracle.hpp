// What an index must answer, found by comparing all rows in double precision.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_set>
#include <vector>

#define REQUIRE(condition, ...)                                                  \
  do {                                                                           \
    if (!(condition)) {                                                          \
      std::fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);       \
      std::fprintf(stderr, __VA_ARGS__);                                         \
      std::fprintf(stderr, "\n");                                                \
      std::exit(1);                                                              \
    }                                                                            \
  } while (false)

namespace oracle {

struct Base {
  bool angular = false;
  std::size_t count = 0;
  std::uint32_t dimension = 0;
  std::vector<float> rows;

  const float* row(std::size_t i) const { return rows.data() + i * dimension; }
};

inline double distance(const Base& base, const float* a, const float* b) {
  double squared = 0, dot = 0, aa = 0, bb = 0;
  for (std::uint32_t i = 0; i < base.dimension; ++i) {
    squared += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
    dot += double{a[i]} * b[i];
    aa += double{a[i]} * a[i];
    bb += double{b[i]} * b[i];
  }
  return base.angular ? 1 - dot / std::sqrt(aa * bb) : squared;
}

inline std::vector<double> sorted_distances(const Base& base, const float* query) {
  std::vector<double> all;
  for (std::size_t i = 0; i < base.count; ++i) all.push_back(distance(base, query, base.row(i)));
  std::sort(all.begin(), all.end());
  return all;
}

// What single precision may be off by: of values of that size, summed.
inline double slack(const Base& base, const float* query, const float* row) {
  if (base.angular) return 1e-5;
  double sizes = 0;
  for (std::uint32_t i = 0; i < base.dimension; ++i) sizes += double{query[i]} * query[i] + double{row[i]} * row[i];
  return 1e-5 * sizes + 1e-12;
}

// Holds of every answer: k places, min(k, n) of them ids, each once and in range, with exact distances, ascending; then nothing.
// Returns how many of the true nearest are there, counting what is as near as they are.
inline std::size_t checked(const Base& base, const float* query, std::uint32_t k, const std::uint32_t* ids, const float* distances) {
  const std::size_t there = std::min<std::size_t>(k, base.count);
  const std::vector<double> truth = sorted_distances(base, query);
  std::unordered_set<std::uint32_t> seen;
  std::size_t found = 0;
  for (std::size_t i = 0; i < k; ++i) {
    if (i >= there) {
      REQUIRE(ids[i] == 0xFFFFFFFF && std::isinf(distances[i]), "place %zu of %u holds %u, %g", i, k, ids[i], distances[i]);
      continue;
    }
    REQUIRE(ids[i] < base.count, "place %zu of %u names row %u of %zu", i, k, ids[i], base.count);
    REQUIRE(seen.insert(ids[i]).second, "row %u comes twice", ids[i]);
    const double exact = distance(base, query, base.row(ids[i]));
    const double near = slack(base, query, base.row(ids[i]));
    REQUIRE(std::abs(distances[i] - exact) <= near, "row %u is at %.9g, said to be at %.9g", ids[i], exact, distances[i]);
    REQUIRE(i == 0 || distances[i - 1] <= distances[i], "places %zu and %zu are at %.9g and %.9g", i - 1, i, distances[i - 1], distances[i]);
    if (exact <= truth[there - 1] + near) ++found;
  }
  return found;
}

}  // namespace oracle
