// What a cluster-routing index is examined on: base, queries and each query's true distance, known to the referee alone.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <annvil/distance.hpp>

#include "../../player/mapping.hpp"
#include "../learned/examine_main.hpp"
#include "../scoring.hpp"

namespace annvil::referee {

class RoutingExam {
 public:
  // `request`: {base, queries, truth: paths; from, count: which of the queries}. Throws std::runtime_error.
  explicit RoutingExam(const Json& request)
      : base_file_(map_file(request.at("base"))),
        query_file_(map_file(request.at("queries"))),
        truth_file_(map_file(request.at("truth"))),
        base_(vectors_of(base_file_, "the base").vectors),
        queries_(vectors_of(query_file_, "the queries").vectors),
        from_(request.at("from").get<std::uint32_t>()),
        count_(request.at("count").get<std::uint32_t>()) {
    TruthHeader head;
    if (truth_file_.size() < TruthHeader::bytes) throw std::runtime_error("the exact neighbours are truncated");
    std::memcpy(&head, truth_file_.data(), sizeof head);
    if (head.base_count != base_.count || head.query_count != queries_.count || from_ + count_ > queries_.count || count_ == 0) {
      throw std::runtime_error("the exact neighbours are of other vectors");
    }
    const auto* ids = reinterpret_cast<const NodeId*>(truth_file_.data() + TruthHeader::bytes);
    for (std::uint32_t i = 0; i < count_; ++i) nearest_.push_back(squared(i, ids[std::size_t{from_ + i} * head.k]));
  }

  const Vectors& base() const { return base_; }
  std::uint32_t queries() const { return count_; }
  const float* query(std::uint32_t i) const { return queries_[from_ + i]; }
  // By the same kernel as every other distance here, so that equality is exact.
  float squared(std::uint32_t query_index, NodeId id) const { return squared_l2(query(query_index), base_[id], base_.stride); }
  // Whether a vector at this distance answers the query: as near as its nearest neighbour, so that ties count.
  bool answers(std::uint32_t query_index, float best_squared) const { return best_squared <= nearest_[query_index]; }

 private:
  Mapping base_file_, query_file_, truth_file_;
  Vectors base_, queries_;
  std::uint32_t from_, count_;
  std::vector<float> nearest_;
};

// Clusters begin on pages of the disk, so that a fetch reads whole ones.
inline constexpr std::size_t storage_page = 4096;

// Bytes that so many vectors, float32, take on the disk.
inline std::size_t stored_bytes(std::size_t vectors, std::uint32_t dimension) {
  return (vectors * dimension * sizeof(float) + storage_page - 1) / storage_page * storage_page;
}

// Base rows by cluster; a row may lie in several.
struct Clusters {
  std::vector<std::vector<NodeId>> members;

  std::size_t total() const {
    std::size_t sum = 0;
    for (const auto& cluster : members) sum += cluster.size();
    return sum;
  }
  // Where each cluster's members begin if they lie one after another, and where the last one's end.
  std::vector<std::uint32_t> starts() const {
    std::vector<std::uint32_t> sums{0};
    for (const auto& cluster : members) sums.push_back(sums.back() + static_cast<std::uint32_t>(cluster.size()));
    return sums;
  }
  std::size_t largest() const {
    std::size_t size = 0;
    for (const auto& cluster : members) size = std::max(size, cluster.size());
    return size;
  }
};

}  // namespace annvil::referee
