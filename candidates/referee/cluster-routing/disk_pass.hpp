// The same fetches from disk: what the counted curve stands for, read for real at one effort.
#pragma once

#include <cmath>

#include "interview.hpp"
#include "storage.hpp"

namespace annvil::referee {

// Facts about reading, for the first `queries` queries, what the lowest effort whose recall is at least `recall` fetches. `diskAgrees` is 1
// where the disk brings as many vectors as were counted, and each query's best distance (another order of summation, so within a
// millionth).
inline void read_from_disk(Json& facts, const std::string& folder, const Probing& probing, const Clusters& clusters, const Interview& told,
                           double recall, std::uint32_t queries) {
  const RoutingExam& exam = probing.exam();
  queries = std::min(queries, exam.queries());
  std::size_t effort = 0;
  while (effort + 1 < told.tallies.size() && told.answered[effort] < recall * exam.queries()) ++effort;
  Storage storage(folder, exam.base(), clusters);
  bool agrees = true;
  std::size_t counted = 0, found = 0;
  for (std::uint32_t query = 0; query < queries; ++query) {
    Tour tour;
    double best = std::numeric_limits<double>::infinity();
    for (std::uint32_t at = 0; at < told.fetched[query][effort]; ++at) {
      const std::uint32_t cluster = told.orders[query][at];
      tour.fetch(probing, query, cluster);
      storage.fetch(cluster, [&](const float* row) {
        double sum = 0;
        for (std::uint32_t d = 0; d < exam.base().dimension; ++d) {
          const double difference = double{exam.query(query)[d]} - row[d];
          sum += difference * difference;
        }
        best = std::min(best, sum);
      });
    }
    counted += tour.vectors;
    found += exam.answers(query, tour.best_squared);
    agrees = agrees && std::abs(best - tour.best_squared) <= 1e-5 * (best + 1);
  }
  agrees = agrees && storage.vectors() == counted;
  facts["diskQueries"] = queries;
  facts["diskVectors"] = storage.vectors();
  facts["diskReads"] = storage.reads();
  facts["diskBytes"] = storage.bytes();
  facts["diskSeconds"] = storage.seconds();
  facts["diskDirect"] = storage.direct() ? 1 : 0;
  facts["diskRecall"] = static_cast<double>(found) / queries;
  facts["diskAgrees"] = agrees ? 1 : 0;
}

}  // namespace annvil::referee
