// Recall as the referee sees it: from true distances, never from what a player says.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include <annvil/vectors.hpp>

#include "../player/mapping.hpp"

namespace annvil::referee {

// Head of a ground-truth file; query_count * k ids (uint32) and as many distances (float32) follow, closest first.
struct TruthHeader {
  char magic[8];  // "ANNVILT1"
  std::uint32_t query_count;
  std::uint32_t k;
  std::uint32_t base_count;
  std::uint32_t metric;
  static constexpr std::size_t bytes = 4096;
};

// Base, queries and exact neighbours, mapped for the referee alone.
class Exam {
 public:
  // Throws std::runtime_error naming the file that is wrong.
  Exam(const std::string& base_path, const std::string& queries_path, const std::string& truth_path, std::uint32_t k);

  const VectorFile& base() const { return base_; }
  const VectorFile& queries() const { return queries_; }
  std::uint32_t k() const { return k_; }

  // Correct ids among the k answers to a query: those no farther than the k-th true neighbour, so that ties count. Absent
  // answers (no_node) are merely wrong. Throws Tampering for ids out of range or given twice.
  std::uint32_t correct(std::uint32_t query, const NodeId* answers) const;

 private:
  double distance_to(std::uint32_t query, NodeId id) const;

  Mapping base_mapping_, queries_mapping_, truth_mapping_;
  VectorFile base_, queries_;
  const NodeId* truth_ids_ = nullptr;
  std::uint32_t truth_k_ = 0;
  std::uint32_t k_ = 0;
};

// An answer that no honest player gives.
struct Tampering : std::runtime_error {
  Tampering(std::string broken_rule, const std::string& detail) : std::runtime_error(detail), rule(std::move(broken_rule)) {}
  std::string rule;
};

}  // namespace annvil::referee
