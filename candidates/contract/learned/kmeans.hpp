// k-means by Lloyd's iterations (Lloyd 1982), deterministic given its seed: the clusterer of several targets and everybody's baseline.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "../vectors.hpp"

namespace annvil {

struct Clustering {
  std::uint32_t dimension = 0;
  std::vector<float> centroids;           // [clusters][dimension]
  std::vector<std::uint32_t> assignment;  // cluster of each row

  std::uint32_t clusters() const { return dimension ? static_cast<std::uint32_t>(centroids.size() / dimension) : 0; }
};

// Squared L2 distances from points to a fixed set of centroids, less the point's own square, which no comparison needs.
class CentroidScan {
 public:
  explicit CentroidScan(std::uint32_t dimension, std::span<const float> centroids)
      : dimension_(dimension), count_(static_cast<std::uint32_t>(centroids.size() / dimension)), transposed_(centroids.size()), squares_(count_) {
    for (std::uint32_t c = 0; c < count_; ++c) {
      double square = 0;
      for (std::uint32_t d = 0; d < dimension; ++d) {
        const float value = centroids[std::size_t{c} * dimension + d];
        transposed_[std::size_t{d} * count_ + c] = -2 * value;
        square += double{value} * value;
      }
      squares_[c] = static_cast<float>(square);
    }
  }

  std::uint32_t count() const { return count_; }

  // Writes count() values of |c|^2 - 2 <c, point>.
  void distances(const float* __restrict point, float* __restrict out) const {
    std::copy(squares_.begin(), squares_.end(), out);
    const float* __restrict row = transposed_.data();
    std::uint32_t d = 0;
    for (; d + 4 <= dimension_; d += 4, row += std::size_t{4} * count_) {
      const float a = point[d], b = point[d + 1], c = point[d + 2], e = point[d + 3];
      for (std::uint32_t i = 0; i < count_; ++i) {
        out[i] += (a * row[i] + b * row[std::size_t{count_} + i]) + (c * row[2 * std::size_t{count_} + i] + e * row[3 * std::size_t{count_} + i]);
      }
    }
    for (; d < dimension_; ++d, row += count_) {
      for (std::uint32_t i = 0; i < count_; ++i) out[i] += point[d] * row[i];
    }
  }

 private:
  std::uint32_t dimension_, count_;
  std::vector<float> transposed_, squares_;  // [dimension][count], [count]
};

// The nearest centroid of each row; equal distances go to the smaller number.
inline std::vector<std::uint32_t> nearest_centroids(const Vectors& rows, const Clustering& clustering) {
  const CentroidScan scan(clustering.dimension, clustering.centroids);
  std::vector<float> distance(scan.count());
  std::vector<std::uint32_t> nearest(rows.count);
  for (std::uint32_t row = 0; row < rows.count; ++row) {
    scan.distances(rows[row], distance.data());
    nearest[row] = static_cast<std::uint32_t>(std::min_element(distance.begin(), distance.end()) - distance.begin());
  }
  return nearest;
}

// `clusters` at most the number of rows. Starts from distinct rows drawn at random; at most `iterations` of assignment and means, fewer where
// nothing moves. A cluster that has lost its last row takes one of the largest cluster's. With more than `sample` rows a cluster, the means are
// taken over a random sample of `sample * clusters` rows and all are assigned at the end (as libraries of the field do).
inline Clustering kmeans(const Vectors& rows, std::uint32_t clusters, std::uint64_t seed, std::uint32_t iterations = 20, std::uint32_t sample = 4096) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> order(rows.count);
  for (std::uint32_t i = 0; i < rows.count; ++i) order[i] = i;
  const std::size_t wanted = std::min<std::size_t>(rows.count, std::size_t{sample} * clusters);
  for (std::size_t i = 0; i < wanted; ++i) std::swap(order[i], order[i + random() % (rows.count - i)]);
  order.resize(wanted);
  const std::uint32_t dimension = rows.dimension;
  Clustering result{dimension, std::vector<float>(std::size_t{clusters} * dimension), {}};
  for (std::uint32_t c = 0; c < clusters; ++c) std::copy_n(rows[order[c]], dimension, result.centroids.data() + std::size_t{c} * dimension);
  std::vector<std::uint32_t> assignment(wanted, clusters);
  std::vector<float> distance(clusters);
  std::vector<double> sums(std::size_t{clusters} * dimension);
  std::vector<std::uint32_t> sizes(clusters);
  for (std::uint32_t iteration = 0; iteration < iterations; ++iteration) {
    const CentroidScan scan(dimension, result.centroids);
    std::fill(sizes.begin(), sizes.end(), 0);
    bool moved = false;
    for (std::size_t i = 0; i < wanted; ++i) {
      scan.distances(rows[order[i]], distance.data());
      const auto nearest = static_cast<std::uint32_t>(std::min_element(distance.begin(), distance.end()) - distance.begin());
      moved = moved || nearest != assignment[i];
      assignment[i] = nearest;
      ++sizes[nearest];
    }
    for (std::uint32_t c = 0; c < clusters; ++c) {
      if (sizes[c] > 0) continue;
      const auto largest = static_cast<std::uint32_t>(std::max_element(sizes.begin(), sizes.end()) - sizes.begin());
      const auto taken = std::find(assignment.begin() + static_cast<std::ptrdiff_t>(random() % wanted), assignment.end(), largest);
      *(taken == assignment.end() ? std::find(assignment.begin(), assignment.end(), largest) : taken) = c;
      --sizes[largest], ++sizes[c];
      moved = true;
    }
    if (!moved) break;
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = 0; i < wanted; ++i) {
      const float* row = rows[order[i]];
      double* sum = sums.data() + std::size_t{assignment[i]} * dimension;
      for (std::uint32_t d = 0; d < dimension; ++d) sum[d] += row[d];
    }
    for (std::size_t c = 0; c < clusters; ++c) {
      for (std::uint32_t d = 0; d < dimension; ++d) result.centroids[c * dimension + d] = static_cast<float>(sums[c * dimension + d] / sizes[c]);
    }
  }
  result.assignment = nearest_centroids(rows, result);
  return result;
}

}  // namespace annvil
