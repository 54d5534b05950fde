// Which vectors answer a query: as near as its 10th nearest. Known to the referee alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

#include "../../player/mapping.hpp"

namespace annvil::referee {

// Exact neighbours as candidates/referee/truth_output.hpp writes them; borrowed from the mapping.
class RightAnswers {
 public:
  static constexpr std::uint32_t k = 10;  // recall@10

  // Throws std::runtime_error where the file is none, or has fewer than 10 neighbours a query.
  explicit RightAnswers(const Mapping& file) {
    std::uint32_t head[4];
    if (file.size() < 4096 || std::memcmp(file.data(), "ANNVILT1", 8) != 0) throw std::runtime_error("the file of neighbours is none");
    std::memcpy(head, file.data() + 8, sizeof head);
    count_ = head[0], width_ = head[1];
    if (width_ < k || file.size() != 4096 + std::size_t{count_} * width_ * 8)
      throw std::runtime_error("the file of neighbours is truncated");
    ids_ = reinterpret_cast<const std::uint32_t*>(file.data() + 4096);
    distances_ = reinterpret_cast<const float*>(ids_ + std::size_t{count_} * width_);
  }

  std::uint32_t count() const { return count_; }

  // The share of the 10 nearest that are found; others as near as the 10th stand for it. `found(id)`: whether a vector was compared.
  template <class Found>
  double recall(std::size_t query, Found&& found) const {
    const std::uint32_t* ids = ids_ + query * width_;
    const float* distances = distances_ + query * width_;
    std::uint32_t hits = 0;
    for (std::uint32_t i = 0; i < width_ && distances[i] <= distances[k - 1]; ++i) hits += found(ids[i]);
    return static_cast<double>(std::min(hits, k)) / k;
  }

 private:
  std::uint32_t count_ = 0, width_ = 0;
  const std::uint32_t* ids_ = nullptr;
  const float* distances_ = nullptr;
};

}  // namespace annvil::referee
