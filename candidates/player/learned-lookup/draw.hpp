// Datasets and queries as the paper draws them (sections 4.1 to 4.3, appendix C). Training and referee draw by the same code from seeds of
// their own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <annvil/vectors.hpp>

namespace annvil::lookup {

// Numbers from a seed, the same with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  // In [0, 1), on a grid of 2^-24.
  float uniform() { return static_cast<float>(bits_() >> 40) * 0x1p-24f; }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  // Box and Muller 1958.
  float normal() {
    const float radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(6.28318531f * uniform());
  }
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(bits_() % bound); }

 private:
  std::mt19937_64 bits_;
};

enum class Distribution {
  uniform,  // points and queries: each coordinate U(-1, 1)
  hard,     // points: each coordinate a random balanced tree's; queries: a point plus N(0, 1) in each coordinate
  zipf,     // points and queries: each coordinate of density 1/x (Zipf's law, exponent 1) over a range of 1 to 1000
  sphere,   // points: on the unit sphere; queries: on it, correlated 0.8 with a random point
  rows,     // points: distinct rows of a file; queries: rows of another
};

inline Distribution distribution_of(const std::string& name) {
  if (name == "uniform") return Distribution::uniform;
  if (name == "hard") return Distribution::hard;
  if (name == "zipf") return Distribution::zipf;
  if (name == "sphere") return Distribution::sphere;
  if (name == "rows") return Distribution::rows;
  throw std::runtime_error("no distribution is named " + name);
}

// What is drawn from: a distribution, and the rows where these are given.
struct Source {
  Distribution distribution;
  std::uint32_t dimension;
  Vectors points{}, queries{};  // of `rows`
};

namespace drawing {

// Offsets of level k are U(0, 7^(levels - k)) (appendix C); all is divided by 7^levels, so that the root lies in U(0, 1).
inline constexpr float base = 7;

inline float hard_scale(std::uint32_t points) { return std::pow(base, std::floor(std::log2(static_cast<float>(points)))); }

// Fills sorted[low, high) with the subtree whose root is `offset` away from its parent's value.
inline void tree(std::vector<float>& sorted, std::size_t low, std::size_t high, float parent, float sign, float reach, Random& random) {
  if (low >= high) return;
  const std::size_t middle = (low + high) / 2;
  sorted[middle] = parent + sign * random.uniform(0, reach);
  tree(sorted, low, middle, sorted[middle], -1, reach / base, random);
  tree(sorted, middle + 1, high, sorted[middle], 1, reach / base, random);
}

template <class T>
void shuffle(std::span<T> values, Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
}

inline void scale_to_unit(std::span<float> vector) {
  float square = 0;
  for (const float value : vector) square += value * value;
  for (float& value : vector) value /= std::sqrt(square);
}

inline void on_sphere(std::span<float> vector, Random& random) {
  for (float& value : vector) value = random.normal();
  scale_to_unit(vector);
}

// On the sphere, at a cosine of `correlation` from `point`.
inline void correlated(std::span<float> query, std::span<const float> point, float correlation, Random& random) {
  on_sphere(query, random);
  float along = 0;
  for (std::size_t k = 0; k < query.size(); ++k) along += query[k] * point[k];
  for (std::size_t k = 0; k < query.size(); ++k) query[k] -= along * point[k];
  scale_to_unit(query);
  for (std::size_t k = 0; k < query.size(); ++k) query[k] = correlation * point[k] + std::sqrt(1 - correlation * correlation) * query[k];
}

inline float zipf(Random& random) { return std::pow(1000.0f, random.uniform()) / 500 - 1; }

}  // namespace drawing

// Fills `points`, n rows of `dimension`, in an order that says nothing.
inline void draw_points(const Source& source, std::span<float> points, Random& random) {
  const std::size_t dimension = source.dimension, n = points.size() / dimension;
  switch (source.distribution) {
    case Distribution::uniform:
      for (float& value : points) value = random.uniform(-1, 1);
      return;
    case Distribution::zipf:
      for (float& value : points) value = drawing::zipf(random);
      return;
    case Distribution::sphere:
      for (std::size_t i = 0; i < n; ++i) drawing::on_sphere(points.subspan(i * dimension, dimension), random);
      return;
    case Distribution::hard:
      for (std::size_t k = 0; k < dimension; ++k) {
        std::vector<float> column(n);
        drawing::tree(column, 0, n, 0, 1, 1, random);
        drawing::shuffle(std::span(column), random);
        for (std::size_t i = 0; i < n; ++i) points[i * dimension + k] = column[i];
      }
      return;
    case Distribution::rows: {
      // Floyd's sample of distinct rows (Bentley and Floyd 1987).
      std::vector<std::uint32_t> rows;
      for (std::uint32_t top = source.points.count - static_cast<std::uint32_t>(n); top < source.points.count; ++top) {
        const std::uint32_t row = random.below(top + 1);
        const bool taken = std::find(rows.begin(), rows.end(), row) != rows.end();
        rows.push_back(taken ? top : row);
      }
      drawing::shuffle(std::span(rows), random);
      for (std::size_t i = 0; i < n; ++i) std::copy_n(source.points[rows[i]], dimension, &points[i * dimension]);
      return;
    }
  }
}

// Fills `query` for a dataset that has been drawn.
inline void draw_query(const Source& source, std::span<const float> points, std::span<float> query, Random& random) {
  const std::size_t dimension = source.dimension, n = points.size() / dimension;
  const auto anchor = [&] { return points.subspan(random.below(static_cast<std::uint32_t>(n)) * dimension, dimension); };
  switch (source.distribution) {
    case Distribution::uniform:
      for (float& value : query) value = random.uniform(-1, 1);
      return;
    case Distribution::zipf:
      for (float& value : query) value = drawing::zipf(random);
      return;
    case Distribution::sphere: drawing::correlated(query, anchor(), 0.8f, random); return;
    case Distribution::hard: {
      const auto point = anchor();
      for (std::size_t k = 0; k < dimension; ++k)
        query[k] = point[k] + random.normal() / drawing::hard_scale(static_cast<std::uint32_t>(n));
      return;
    }
    case Distribution::rows: std::copy_n(source.queries[random.below(source.queries.count)], dimension, query.data()); return;
  }
}

// Squared L2.
inline float distance(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return sum;
}

// The point nearest to a query; of equally near ones the first.
inline std::uint32_t nearest(std::span<const float> points, std::span<const float> query) {
  std::uint32_t best = 0;
  float least = INFINITY;
  for (std::uint32_t i = 0; i < points.size() / query.size(); ++i) {
    const float apart = distance(points.subspan(i * query.size(), query.size()), query);
    if (apart < least) least = apart, best = i;
  }
  return best;
}

}  // namespace annvil::lookup
