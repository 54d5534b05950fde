// Slot `predictor` of the target cluster-routing: learns which clusters hold a query's nearest neighbour (Ikeda, Miyashita & Deguchi 2025:
// "On Storage Neural Network Augmented Approximate Nearest Neighbor Search").
//
// A candidate is one header that defines
//
//   namespace candidate {
//   class Predictor {
//    public:
//     Predictor(annvil::Training& training, const annvil::RoutingTask& task);
//     void train(const annvil::Holdings& holdings, const annvil::Phase& phase);
//     torch::Tensor scores(const torch::Tensor& queries);
//     annvil::Network network();
//   };
//   }
//
// What is wanted: at recall@1 from .7 to .95, few vectors fetched by whoever takes the clusters in the order of the probabilities. The
// served index runs the network without LibTorch, so it consists of what annvil::export_network knows. Its size is capped (1 MiB of
// float32, by default). The training runs on one thread and its CPU time is capped; epochs come from the settings. It must draw alike for
// equal seeds.
#pragma once

#include <torch/torch.h>

#include <concepts>
#include <cstdint>
#include <span>

#include "../learned/network.hpp"
#include "../learned/training.hpp"
#include "../vectors.hpp"
#include "holdings.hpp"
#include "phase.hpp"

namespace annvil {

// All of it outlives the candidate.
struct RoutingTask {
  Vectors base;
  Vectors queries;                           // to train on: none is a base vector, none an evaluation query
  std::span<const std::uint32_t> keys;       // each query's nearest base row, its key
  std::span<const float> squared_distances;  // and the squared L2 distance to it
  std::uint32_t clusters;
  std::span<const float> centroids;  // [clusters][base.dimension], k-means'
};

// Rows as a tensor [count][dimension] over the same memory: not to be written.
inline torch::Tensor rows_of(const Vectors& rows) {
  return torch::from_blob(const_cast<float*>(rows.data), {rows.count, rows.dimension}, {rows.stride, 1}, torch::kFloat32);
}

// [queries]: the natural logarithm of each query's squared distance to its key; duplicates count as if they were a millionth apart.
inline torch::Tensor log_squared_distances(const RoutingTask& task) {
  const auto count = static_cast<std::int64_t>(task.squared_distances.size());
  return torch::from_blob(const_cast<float*>(task.squared_distances.data()), {count}, torch::kFloat32).clamp_min(1e-6).log();
}

// Outputs of a network beyond its logits: see `network` below.
inline constexpr std::uint32_t distance_outputs = 2;

template <class P>
concept PredictorCandidate = requires(P& predictor, Training& training, const RoutingTask& task, const Holdings& holdings,
                                      const Phase& phase, const torch::Tensor& queries) {
  // training and task outlive the object.
  P(training, task);

  // Trains phase.epochs passes over the queries. From phase 1 on there are copies that the phase before did not know: holdings.holders(key)
  // are the clusters that hold a key.
  { predictor.train(holdings, phase) } -> std::same_as<void>;

  // Logits of the clusters, [count][clusters], for queries [count][dimension] as they come (not normalised): what the rounds of
  // duplication go by.
  { predictor.scores(queries) } -> std::same_as<torch::Tensor>;

  // What is served: takes a query as it comes; gives `clusters` logits, whose softmax says how probable it is that the cluster holds the
  // nearest neighbour, and then `distance_outputs` values for stop rules: the expected natural logarithm of the squared distance from the
  // query to its nearest neighbour, and the logarithm of that expectation's standard deviation.
  { predictor.network() } -> std::same_as<Network>;
};

}  // namespace annvil
