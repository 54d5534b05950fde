// Slot `probing` of the neural-lsh target: which bins a query looks into.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class Probing {
//    public:
//     explicit Probing(std::span<const std::uint32_t> sizes);
//     std::uint32_t probe(std::span<const float> scores, std::uint32_t effort, std::span<std::uint32_t> bins) const;
//   };
//   }
//
// It runs in the serving process and sees scores and sizes, never vectors. Whoever asks for a bin pays for all of its vectors:
// the cost is the sum of the sizes of the bins asked for, counted by the referee, as is how many of the ten nearest are in them.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

namespace annvil {

template <class P>
concept ProbingCandidate = std::constructible_from<P, std::span<const std::uint32_t>> &&
                           requires(const P probing, std::span<const float> scores, std::uint32_t effort,
                                    std::span<std::uint32_t> bins) {
  // sizes[b], given to the constructor, is how many vectors bin b holds; it outlives the object. scores[b] is the log-probability
  // of bin b for the query, -infinity where a second level was not reached. Writes the bins to probe to the front of `bins`, each
  // at most once, and returns how many; `bins` has room for all. Effort runs from 1 to the number of bins: at effort e about e bins
  // of equal size are worth their cost. More effort must not mean less recall, and effort 1 should be cheap: the curve over
  // efforts has to cover recalls up to .95.
  { probing.probe(scores, effort, bins) } -> std::same_as<std::uint32_t>;
};

}  // namespace annvil
