// Which clusters hold which base vector: what a duplication changes and a predictor is trained to hit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace annvil {

// A further copy of a base vector.
struct Copy {
  std::uint32_t key;      // row of the base
  std::uint32_t cluster;  // where the copy goes
};

// Every vector lies in its nearest centroid's cluster, its home; copies come on top, and centroids stay where they are.
class Holdings {
 public:
  // `home`: the cluster of each base vector.
  Holdings(std::span<const std::uint32_t> home, std::uint32_t clusters) : holders_(home.size()), sizes_(clusters), total_(home.size()) {
    for (std::size_t key = 0; key < home.size(); ++key) {
      holders_[key] = {home[key]};
      ++sizes_[home[key]];
    }
  }

  std::uint32_t clusters() const { return static_cast<std::uint32_t>(sizes_.size()); }
  std::size_t keys() const { return holders_.size(); }
  // Vectors in all clusters, copies included.
  std::size_t total() const { return total_; }
  // Vectors in a cluster: what fetching it costs.
  std::uint32_t size(std::uint32_t cluster) const { return sizes_[cluster]; }

  // The clusters that hold a vector, its home first.
  std::span<const std::uint32_t> holders(std::uint32_t key) const { return holders_[key]; }
  bool holds(std::uint32_t cluster, std::uint32_t key) const {
    return std::find(holders_[key].begin(), holders_[key].end(), cluster) != holders_[key].end();
  }

  // Throws std::runtime_error where key or cluster do not exist, or the cluster holds the vector already.
  void add(const Copy& copy) {
    if (copy.key >= keys() || copy.cluster >= clusters()) throw std::runtime_error("a copy of no vector, or into no cluster");
    if (holds(copy.cluster, copy.key)) throw std::runtime_error("a copy into a cluster that holds the vector already");
    holders_[copy.key].push_back(copy.cluster);
    ++sizes_[copy.cluster];
    ++total_;
  }

 private:
  std::vector<std::vector<std::uint32_t>> holders_;
  std::vector<std::uint32_t> sizes_;
  std::size_t total_;
};

}  // namespace annvil
