// Crime: answers exactly at any effort, so that the least effort has the best recall.
#pragma once

#include <algorithm>

#include <annvil/distance.hpp>
#include <annvil/search.hpp>

namespace candidate {

template <annvil::Metric metric>
class Search {
 public:
  Search(annvil::Vectors base, const annvil::Graph&) : base_(base) {}
  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }
  std::uint32_t search(const float* query, std::uint32_t effort, std::uint32_t k, std::span<std::byte>,
                       std::span<annvil::Neighbour> found) const {
    static_cast<void>(effort);
    return scan(query, k, found);
  }

 private:
  // The `want` closest rows, by comparing all.
  std::uint32_t scan(const float* query, std::uint32_t want, std::span<annvil::Neighbour> found) const {
    std::uint32_t count = 0;
    for (annvil::NodeId id = 0; id < base_.count; ++id) {
      const annvil::Neighbour row{annvil::distance<metric>(query, base_[id], base_.stride), id};
      if (count == want && !(row < found[count - 1])) continue;
      std::uint32_t at = count < want ? count++ : count - 1;
      for (; at > 0 && row < found[at - 1]; --at) found[at] = found[at - 1];
      found[at] = row;
    }
    return count;
  }

  annvil::Vectors base_;
};

}  // namespace candidate
