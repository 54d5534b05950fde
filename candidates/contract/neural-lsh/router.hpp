// Slot `router` of the neural-lsh target: learns to tell the bin from the vector, and puts each vector into its final bin.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class Router {
//    public:
//     explicit Router(annvil::Training& training);
//     annvil::Network learn(annvil::Vectors base, const annvil::NeighbourTable& neighbours, std::span<const std::uint32_t> bins,
//                           std::uint32_t bin_count);
//     std::vector<std::uint32_t> place(annvil::BinScores scores, const annvil::NeighbourTable& neighbours, double limit);
//   };
//   }
//
// It trains with LibTorch on one thread, and hands over a plain network that the harness runs: on all base rows, whose scores
// `place` gets, and on queries, whose scores the slot `probing` gets. Training should keep to settings (`epochs`, `batch`,
// `width`: what the preset grants); there is a time limit well above it.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include <annvil/learned/network.hpp>
#include <annvil/learned/training.hpp>
#include <annvil/neural-lsh/neighbours.hpp>

namespace annvil {

// Borrowed, row-major log-probabilities: of base row i, `bins` values from values[i * bins], each at most 0.
struct BinScores {
  std::span<const float> values;
  std::uint32_t bins = 0;

  std::uint32_t count() const { return static_cast<std::uint32_t>(values.size() / bins); }
  std::span<const float> operator[](NodeId id) const { return values.subspan(std::size_t{id} * bins, bins); }
};

// Rows as a tensor [count][dimension] over the same memory: not to be written.
inline torch::Tensor tensor_of_rows(const Vectors& rows) {
  return torch::from_blob(const_cast<float*>(rows.data), {rows.count, rows.dimension}, {rows.stride, 1}, torch::kFloat32);
}

template <class R>
concept RouterCandidate = std::constructible_from<R, Training&> &&
                          requires(R router, Vectors base, const NeighbourTable& neighbours, std::span<const std::uint32_t> bins,
                                   std::uint32_t bin_count, BinScores scores, double limit) {
  // A network from base.dimension floats to bin_count values, whose softmax are the bins' probabilities. bins[i] is the bin that
  // the partition gave base row i. Vectors and queries reach the network as they are: scaling belongs into its first layer. Its
  // bytes and multiply-adds are capped.
  { router.learn(base, neighbours, bins, bin_count) } -> std::same_as<Network>;

  // The final bin of each row (re-binning): a query is sent where the network says, so a row must lie where the network would
  // send it. No bin may hold more than limit * rows / bins, or the attempt ends as `over-limit`. Called right after `learn`.
  { router.place(scores, neighbours, limit) } -> std::same_as<std::vector<std::uint32_t>>;
};

}  // namespace annvil
