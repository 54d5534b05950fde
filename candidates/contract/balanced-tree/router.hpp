// Slot `router` of the balanced-tree target: the classifier that maps a query to a path, trained with LibTorch.
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class Router {
//    public:
//     Router(const annvil::RoutingTask& task, annvil::Training& training);
//     double fit(std::span<const std::uint32_t> leaves, std::uint32_t cycle);
//     void branches(std::uint32_t depth, std::span<const std::uint32_t> nodes, std::span<float> log_probabilities);
//     annvil::Decoder exported();
//     torch::nn::Module& module();
//     torch::optim::Optimizer& optimiser();
//   };
//   }
//
// One object is made a tree; trees are independent of each other. It chooses how pairs are mined from the training queries' neighbours, in
// which order they come, loss and optimiser. Whatever it trains must come down to an `annvil::Decoder`, which is all that is served.
//
// Training is deterministic: the same seed must bring the same weights, so draw from generators seeded by (task.seed, cycle, epoch) and
// nothing else. CPU time and the bytes of the decoder are capped.
#pragma once

#include <torch/torch.h>

#include <concepts>
#include <cstdint>
#include <span>

#include "../learned/export_network.hpp"
#include "../learned/training.hpp"
#include "decoder.hpp"
#include "tree.hpp"

namespace annvil {

// What a router is trained for. The tensors are views of read-only memory, [rows][dimension], float32, on the processor.
struct RoutingTask {
  TreeShape shape;
  torch::Tensor base, queries;
  TrainingPairs pairs;   // of the queries and their neighbours in the base; borrowed, and outlives the router
  std::uint64_t seed;    // of this tree
  std::uint32_t cycles;  // of alternation in all; `fit` is called so many times, and once more after the last tree update
};

template <class R>
concept RouterCandidate = requires(R& router, const RoutingTask& task, Training& training, std::span<const std::uint32_t> leaves,
                                   std::uint32_t cycle, std::uint32_t depth, std::span<const std::uint32_t> nodes, std::span<float> out) {
  // Settings there are: width, hidden, heads, feed, batch, epochs (passes over the pairs a cycle), learning-rate.
  R(task, training);

  // Trains on the tree as it stands: leaves[i] is the leaf of base row i. `cycle` counts from 0 to task.cycles. Returns the mean loss of
  // the last pass, for whoever watches.
  { router.fit(leaves, cycle) } -> std::same_as<double>;

  // For every row of the base, the log-probabilities of the branches of `nodes[i]`, a node of that depth: row-major [rows of the
  // base][branching].
  router.branches(depth, nodes, out);

  // The network as it stands, without LibTorch. It must score as `branches` does.
  { router.exported() } -> std::same_as<Decoder>;

  // What a later `fit` depends on, and nothing besides: a training that was cut short gets both back as they were after a `fit`.
  { router.module() } -> std::same_as<torch::nn::Module&>;
  { router.optimiser() } -> std::same_as<torch::optim::Optimizer&>;
};

}  // namespace annvil
