// Slot `stop-rule` of the target cluster-routing: in which order clusters are fetched for a query, and when it is enough.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class StopRule {
//    public:
//     explicit StopRule(std::span<const std::uint32_t> sizes);
//     void order(std::span<annvil::Chance> chances) const;
//     bool stop(const annvil::Fetched& fetched, std::uint32_t effort) const;
//   };
//   }
//
// The referee fetches the clusters itself, counts their vectors (copies too) and finds the best distance; the rule learns of a cluster only
// after it was paid for. The object is read-only once it is made.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace annvil {

struct Chance {
  std::uint32_t cluster;
  float probability;      // that it holds the query's nearest neighbour, by the predictor; all clusters' sum to 1
  std::uint32_t vectors;  // that fetching it costs
};

// What is known of one query after some fetches.
struct Fetched {
  std::span<const Chance> order;  // as `order` left it
  std::size_t clusters;           // order[0 .. clusters) have been fetched; at least 1
  std::uint64_t vectors;          // in these
  float probability;              // of these, summed
  float best_squared;             // squared L2 distance of the nearest vector among these
  float expected_log_squared;     // the predictor's guess of the natural logarithm of the nearest neighbour's squared distance
  float deviation_log_squared;    // and its standard deviation
};

template <class S>
concept StopRuleCandidate = requires(const S& rule, std::span<const std::uint32_t> sizes, std::span<Chance> chances, const Fetched& fetched,
                                     std::uint32_t effort) {
  // sizes: vectors in each cluster; not kept alive.
  S(sizes);

  // Puts the clusters in the order in which they are to be fetched. They come by their number; each must stay, once.
  { rule.order(chances) } -> std::same_as<void>;

  // Whether to stop rather than fetch order[clusters]. The first cluster is always fetched. Effort counts from 1 and trades cost for
  // recall: a higher one must not stop where a lower one goes on (it is made to go on where it does).
  { rule.stop(fetched, effort) } -> std::same_as<bool>;
};

}  // namespace annvil
