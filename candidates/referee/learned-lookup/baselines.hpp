// What a learned lookup is measured against: textbook structures that store a permutation and read one position a lookup, as it does.
//
// A baseline has `order(dataset)`, the points in stored order, and `look(dataset, query, lookups, read)`, which reads positions by
// `read(position)`, at most `lookups` of them, and returns early where no other lookup could help.
#pragma once

#include <cmath>
#include <functional>

#include "structure.hpp"

namespace annvil::referee {

// Reads a position and returns what lies there.
using Read = std::function<std::span<const float>(std::uint32_t)>;

// Sorted, and halved (Knuth, The Art of Computer Programming 3, 6.2.1). In the end both neighbours of the query have been read.
struct BinarySearch {
  const Trial& trial;

  std::vector<std::uint32_t> order(std::size_t dataset) const { return ascending(trial.points[dataset]); }
  void look(std::size_t, std::span<const float> query, std::uint32_t lookups, const Read& read) const {
    for (std::uint32_t low = 0, high = trial.problem.points; low < high && lookups > 0; --lookups) {
      const std::uint32_t middle = (low + high) / 2;
      if (query[0] < read(middle)[0]) high = middle;
      else low = middle + 1;
    }
  }
};

// Sorted, and read where the query would lie if what is between two known values were evenly spread (Peterson 1957). It knows that
// all lies in [-1, 1], as uniform data does.
struct InterpolationSearch {
  const Trial& trial;

  std::vector<std::uint32_t> order(std::size_t dataset) const { return ascending(trial.points[dataset]); }
  void look(std::size_t, std::span<const float> query, std::uint32_t lookups, const Read& read) const {
    float below = -1, above = 1;
    for (std::uint32_t low = 0, high = trial.problem.points; low < high && lookups > 0; --lookups) {
      const float share = std::clamp((query[0] - below) / std::max(above - below, 1e-9f), 0.0f, 1.0f);
      const std::uint32_t at = std::min(high - 1, low + static_cast<std::uint32_t>(share * static_cast<float>(high - low)));
      const float value = read(at)[0];
      if (query[0] < value) high = at, above = value;
      else low = at + 1, below = value;
    }
  }
};

// A balanced k-d tree in order (Bentley 1975): the median splits, coordinates take turns. A search descends, then returns to the
// branches that its best so far does not exclude.
struct KdTree {
  const Trial& trial;

  std::vector<std::uint32_t> order(std::size_t dataset) const {
    std::vector<std::uint32_t> points(trial.problem.points);
    std::iota(points.begin(), points.end(), 0u);
    split(dataset, points, 0);
    return points;
  }
  void look(std::size_t, std::span<const float> query, std::uint32_t lookups, const Read& read) const {
    float best = INFINITY;
    descend(query, 0, trial.problem.points, 0, lookups, best, read);
  }

 private:
  void split(std::size_t dataset, std::span<std::uint32_t> points, std::uint32_t axis) const {
    if (points.size() < 2) return;
    const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
    std::nth_element(points.begin(), middle, points.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return trial.point(dataset, a)[axis] < trial.point(dataset, b)[axis]; });
    const std::uint32_t next = (axis + 1) % trial.problem.dimension;
    split(dataset, points.first(points.size() / 2), next);
    split(dataset, points.subspan(points.size() / 2 + 1), next);
  }
  void descend(std::span<const float> query, std::uint32_t low, std::uint32_t high, std::uint32_t axis, std::uint32_t& left, float& best,
               const Read& read) const {
    if (low >= high || left == 0) return;
    const std::uint32_t middle = low + (high - low) / 2;
    --left;
    const auto value = read(middle);
    best = std::min(best, lookup::distance(value, query));
    const float beyond = query[axis] - value[axis];
    const std::uint32_t next = (axis + 1) % trial.problem.dimension;
    const auto lower = [&] { descend(query, low, middle, next, left, best, read); };
    const auto upper = [&] { descend(query, middle + 1, high, next, left, best, read); };
    if (beyond < 0) lower();
    else upper();
    if (beyond * beyond >= best) return;
    if (beyond < 0) upper();
    else lower();
  }
};

// Signs of random projections (appendix D of the paper; Charikar 2002): K bits, 2^K buckets of points / 2^K places; what finds its bucket
// full takes a vacant place at random. A query reads its bucket from the front, then places at random.
class SimHash {
 public:
  SimHash(const Trial& trial, std::uint32_t bits, std::uint64_t seed)
      : trial_(trial), capacity_(trial.problem.points >> bits), seed_(seed) {
    lookup::Random random(seed);
    for (std::uint32_t i = 0; i < bits * trial.problem.dimension; ++i) planes_.push_back(random.normal());
  }

  std::vector<std::uint32_t> order(std::size_t dataset) const {
    lookup::Random random(seed_ + dataset);
    std::vector<std::uint32_t> stored(trial_.problem.points, no_point), overflow;
    for (std::uint32_t i = 0; i < trial_.problem.points; ++i) {
      std::uint32_t place = hash(trial_.point(dataset, i)) * capacity_;
      const std::uint32_t end = place + capacity_;
      while (place < end && stored[place] != no_point) ++place;
      if (place < end) stored[place] = i;
      else overflow.push_back(i);
    }
    std::vector<std::uint32_t> vacant;
    for (std::uint32_t place = 0; place < stored.size(); ++place)
      if (stored[place] == no_point) vacant.push_back(place);
    lookup::drawing::shuffle(std::span(vacant), random);
    for (std::size_t i = 0; i < overflow.size(); ++i) stored[vacant[i]] = overflow[i];
    return stored;
  }
  void look(std::size_t dataset, std::span<const float> query, std::uint32_t lookups, const Read& read) const {
    const std::uint32_t first = hash(query) * capacity_;
    for (std::uint32_t i = 0; i < std::min(lookups, capacity_); ++i) read(first + i);
    if (lookups <= capacity_) return;
    std::vector<std::uint32_t> others;
    for (std::uint32_t place = 0; place < trial_.problem.points; ++place)
      if (place < first || place >= first + capacity_) others.push_back(place);
    lookup::Random random(seed_ + dataset + 1);
    lookup::drawing::shuffle(std::span(others), random);
    for (std::uint32_t i = 0; i < std::min<std::size_t>(lookups - capacity_, others.size()); ++i) read(others[i]);
  }

 private:
  std::uint32_t hash(std::span<const float> vector) const {
    std::uint32_t code = 0;
    for (std::size_t at = 0; at < planes_.size(); at += vector.size()) {
      float dot = 0;
      for (std::size_t k = 0; k < vector.size(); ++k) dot += vector[k] * planes_[at + k];
      code = 2 * code + (dot > 0);
    }
    return code;
  }

  const Trial& trial_;
  std::uint32_t capacity_;
  std::uint64_t seed_;
  std::vector<float> planes_;
};

// T buckets of equal width over [-1, 1], each with a copy of the point nearest to its middle (appendix E.4.1): one lookup a query.
struct Bucketing {
  const Trial& trial;

  std::vector<std::uint32_t> order(std::size_t dataset) const { return ascending(trial.points[dataset]); }
  // The point that a bucket holds a copy of.
  std::uint32_t kept(std::size_t dataset, std::uint32_t bucket) const {
    const float middle[] = {-1 + (2 * static_cast<float>(bucket) + 1) / static_cast<float>(trial.problem.extra)};
    return lookup::nearest(trial.points[dataset], middle);
  }
  void look(std::size_t, std::span<const float> query, std::uint32_t, const Read& read) const {
    const auto buckets = static_cast<float>(trial.problem.extra);
    if (trial.problem.extra > 0)
      read(trial.problem.points + static_cast<std::uint32_t>(std::clamp((query[0] + 1) / 2 * buckets, 0.0f, buckets - 1)));
  }
};

}  // namespace annvil::referee
