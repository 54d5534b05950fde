// What an examination counts: recall and cost of each effort, by chunks of queries, so that the harness can tell how sure they are.
#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace annvil::referee {

// One effort's figures, a query at a time. Query i belongs to chunk i % chunks, so that chunks are alike.
class EffortTally {
 public:
  EffortTally(double effort, std::size_t queries) : effort_(effort), recall_(queries), cost_(queries) {}

  void set(std::size_t query, double recall, double cost) {
    recall_[query] = recall;
    cost_[query] = cost;
  }

  // {effort, recall: [mean a chunk], cost: [mean a chunk], cost95: .95-quantile over all queries}
  nlohmann::json json(std::size_t chunks) const {
    chunks = std::min(chunks, recall_.size());
    if (chunks == 0) throw std::runtime_error("an examination without queries");
    std::vector<double> recall(chunks), cost(chunks);
    for (std::size_t query = 0; query < recall_.size(); ++query) {
      recall[query % chunks] += recall_[query];
      cost[query % chunks] += cost_[query];
    }
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      const auto count = static_cast<double>((recall_.size() - chunk + chunks - 1) / chunks);
      recall[chunk] /= count;
      cost[chunk] /= count;
    }
    std::vector<double> sorted = cost_;
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(0.95 * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), at, sorted.end());
    return {{"effort", effort_}, {"recall", recall}, {"cost", cost}, {"cost95", *at}};
  }

 private:
  double effort_;
  std::vector<double> recall_, cost_;
};

}  // namespace annvil::referee
