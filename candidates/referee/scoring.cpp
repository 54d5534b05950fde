#include "scoring.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "child.hpp"

namespace annvil::referee {
namespace {

Mapping map_file(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw std::runtime_error("cannot open " + path + ": " + std::strerror(errno));
  return Mapping(file.get(), path);
}

}  // namespace

Exam::Exam(const std::string& base_path, const std::string& queries_path, const std::string& truth_path, std::uint32_t k)
    : base_mapping_(map_file(base_path)),
      queries_mapping_(map_file(queries_path)),
      truth_mapping_(map_file(truth_path)),
      base_(vectors_of(base_mapping_, base_path)),
      queries_(vectors_of(queries_mapping_, queries_path)),
      k_(k) {
  TruthHeader header{};
  if (truth_mapping_.size() < TruthHeader::bytes) throw std::runtime_error(truth_path + " is too short for ground truth");
  std::memcpy(&header, truth_mapping_.data(), sizeof header);
  const std::size_t wanted = TruthHeader::bytes + std::size_t{header.query_count} * header.k * 8;
  if (std::memcmp(header.magic, "ANNVILT1", 8) != 0 || truth_mapping_.size() != wanted) {
    throw std::runtime_error(truth_path + " is no whole ground-truth file");
  }
  if (header.query_count != queries_.vectors.count || header.base_count != base_.vectors.count || header.k < k ||
      base_.vectors.stride != queries_.vectors.stride) {
    throw std::runtime_error(truth_path + " belongs to another dataset");
  }
  truth_ids_ = reinterpret_cast<const NodeId*>(truth_mapping_.data() + TruthHeader::bytes);
  truth_k_ = header.k;
}

double Exam::distance_to(std::uint32_t query, NodeId id) const {
  const float* a = queries_.vectors[query];
  const float* b = base_.vectors[id];
  const std::uint32_t dimension = base_.vectors.dimension;
  double sum = 0;
  if (base_.metric == Metric::squared_l2) {
    for (std::uint32_t i = 0; i < dimension; ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
    return sum;
  }
  for (std::uint32_t i = 0; i < dimension; ++i) sum += double{a[i]} * b[i];
  return -sum;
}

std::uint32_t Exam::correct(std::uint32_t query, const NodeId* answers) const {
  std::vector<NodeId> ids;
  for (std::uint32_t i = 0; i < k_; ++i) {
    if (answers[i] == no_node) continue;
    if (answers[i] >= base_.vectors.count) {
      throw Tampering("id-out-of-range", "query " + std::to_string(query) + " was answered with id " + std::to_string(answers[i]) +
                                             " of " + std::to_string(base_.vectors.count));
    }
    ids.push_back(answers[i]);
  }
  std::sort(ids.begin(), ids.end());
  if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) {
    throw Tampering("duplicate-id", "query " + std::to_string(query) + " was answered with the same id twice");
  }
  const std::span<const NodeId> truth(truth_ids_ + std::size_t{query} * truth_k_, std::min(k_, base_.vectors.count));
  std::uint32_t right = 0;
  std::optional<double> farthest;
  for (const NodeId id : ids) {
    // Most answers are among the true neighbours, and distances cost more than all else here.
    if (std::find(truth.begin(), truth.end(), id) != truth.end()) {
      ++right;
      continue;
    }
    if (!farthest) farthest = distance_to(query, truth.back());
    right += distance_to(query, id) <= *farthest ? 1 : 0;
  }
  return right;
}

}  // namespace annvil::referee
