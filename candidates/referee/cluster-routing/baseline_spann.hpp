// SPANN as a baseline: postings behind heads, as many as are near enough to the query. Its heads lie in memory and are compared exactly,
// which is better than its graph does; only vectors of postings are counted.
#pragma once

#include <cmath>

#include "probing.hpp"
#include "spann_index.hpp"

namespace annvil::referee {

// Efforts are ratios: of the 512 nearest postings those whose head is within (1 + e) of the nearest head's distance (section 3.3).
inline Json probe_spann(const RoutingExam& exam, const Spann& spann, std::size_t chunks) {
  constexpr std::uint32_t efforts = 40, most_postings = 512;
  const auto ratio = [](std::uint32_t effort) { return 1 + 0.01 * std::pow(1.13, effort); };
  const Probing probing(exam, spann.postings);
  std::vector<FetchTally> tallies;
  for (std::uint32_t effort = 0; effort < efforts; ++effort) tallies.emplace_back(ratio(effort), exam.queries());
  const auto count = static_cast<std::uint32_t>(spann.heads.size()), looked_at = std::min(count, most_postings);
  struct Near {
    float squared;
    std::uint32_t head;
  };
  std::vector<Near> near(count);
  for (std::uint32_t query = 0; query < exam.queries(); ++query) {
    for (std::uint32_t h = 0; h < count; ++h) near[h] = {exam.squared(query, spann.heads[h]), h};
    std::partial_sort(near.begin(), near.begin() + looked_at, near.end(),
                      [](const Near& a, const Near& b) { return a.squared < b.squared; });
    Tour tour;
    std::uint32_t next = 0;
    for (std::uint32_t effort = 0; effort < efforts; ++effort) {
      const double within = near[0].squared * ratio(effort) * ratio(effort);
      while (next < looked_at && (next == 0 || near[next].squared <= within)) tour.fetch(probing, query, near[next++].head);
      tallies[effort].set(exam, query, tour);
    }
  }
  return points_of(tallies, chunks);
}

}  // namespace annvil::referee
