// The oracle: compares the query with every row by exact distance. Its recall is 1 at any effort.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <annvil/distance.hpp>
#include <annvil/graph.hpp>
#include <annvil/search.hpp>
#include <annvil/vectors.hpp>

namespace candidate {

template <annvil::Metric metric>
class Search {
 public:
  Search(annvil::Vectors base, const annvil::Graph&) : base_(base) {}

  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }

  // `found` holds the closest rows so far as a heap, the farthest of them in front.
  std::uint32_t search(const float* query, std::uint32_t effort, std::uint32_t k, std::span<std::byte>,
                       std::span<annvil::Neighbour> found) const {
    const auto best = found.first(std::min(std::max(effort, k), base_.count));
    std::uint32_t count = 0;
    for (annvil::NodeId id = 0; id < base_.count; ++id) {
      const annvil::Neighbour row{annvil::distance<metric>(query, base_[id], base_.stride), id};
      if (count < best.size()) {
        best[count++] = row;
        std::push_heap(best.begin(), best.begin() + count);
      } else if (row < best.front()) {
        std::pop_heap(best.begin(), best.end());
        best.back() = row;
        std::push_heap(best.begin(), best.end());
      }
    }
    std::sort_heap(best.begin(), best.end());
    return count;
  }

 private:
  annvil::Vectors base_;
};

}  // namespace candidate
