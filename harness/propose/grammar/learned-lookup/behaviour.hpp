// What every header of the learned-lookup grammar must do, checked on small problems with weights as they are drawn.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include <annvil/learned-lookup/extra_space.hpp>
#include <annvil/learned-lookup/query_model.hpp>
#include <annvil/learned-lookup/ranker.hpp>

namespace behaviour {

struct NoCheckpoint final : annvil::Checkpoint {
  std::size_t restore(const std::string&, const Read&) override { return 0; }
  void save(const std::string&, std::size_t, const Write&) override {}
};

inline annvil::Training training() {
  static const annvil::Settings settings(0, nullptr);
  static NoCheckpoint checkpoint;
  return {1, torch::kCPU, settings, checkpoint, {}};
}

inline annvil::LookupProblem problem(std::uint32_t dimension, bool adaptive = true, bool permutes = true) {
  return {6, dimension, 3, 2, {8, 2, 2, 16}, permutes, adaptive};
}

inline void must(bool holds, const std::string& otherwise) {
  if (holds) return;
  std::printf("%s\n", otherwise.c_str());
  std::exit(1);
}

inline bool close(const torch::Tensor& tensor, const std::vector<float>& values) {
  const std::vector<float> expected = annvil::floats_of(tensor);
  if (expected.size() != values.size()) return false;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!(std::abs(values[i] - expected[i]) <= 1e-4f * (1 + std::abs(expected[i])))) return false;
  return true;
}

template <annvil::RankerCandidate Ranker>
void check_ranker(const std::string& name) {
  const annvil::Training given = training();
  for (const std::uint32_t dimension : {1u, 3u}) {
    torch::manual_seed(7);
    Ranker ranker(problem(dimension), given);
    const torch::Tensor datasets = torch::randn({2, 6, dimension});
    const torch::Tensor outputs = ranker.outputs(datasets);
    const annvil::SetNetwork network = ranker.network();
    for (int i = 0; i < 2; ++i) must(close(outputs[i], network.run(annvil::floats_of(datasets[i]), 6)), name + ": the network says something else");
    for (const double progress : {0.0, 0.9}) {
      const torch::Tensor placement = ranker.placement(outputs, progress);
      must(torch::allclose(placement.sum(-1), torch::ones({2, 6}), 1e-4), name + ": shares of a position do not add up to 1");
      // The first position is the smallest output's.
      must(torch::equal(placement.select(1, 0).argmax(-1), outputs.squeeze(-1).argmin(-1)), name + ": not in ascending order");
    }
    if (ranker.learning_rate(0) > 0) ranker.placement(ranker.outputs(datasets), 0).pow(2).sum().backward();
    must(ranker.parameters().front().grad().defined(), name + ": no gradient reaches the ranker");
    Ranker transforming(problem(dimension, true, false), given);
    must(transforming.outputs(datasets).size(2) == dimension, name + ": no vector to store in a point's place");
  }
}

template <annvil::QueryModelCandidate QueryModel>
void check_query_model(const std::string& name) {
  const annvil::Training given = training();
  for (const bool adaptive : {true, false}) {
    for (const bool permutes : {true, false}) {
      const annvil::LookupProblem asked = problem(2, adaptive, permutes);
      torch::manual_seed(7);
      QueryModel model(asked, given);
      const annvil::LookupBatch batch{torch::randn({2, 4, 2}), torch::randn({2, 8, 2}), torch::randn({2, 4, 2}),
                                      permutes ? torch::softmax(torch::randn({2, 4, 6}), -1) : torch::Tensor()};
      for (const double progress : {0.0, 0.9}) {
        const torch::Tensor loss = model.loss(batch, progress);
        must(std::isfinite(loss.item<double>()), name + ": the loss is no number");
        loss.backward();
      }
      // Lookups that are not told of one another and not judged themselves have nothing to learn; all others have.
      if (adaptive)
        for (const torch::Tensor& parameter : model.parameters()) must(parameter.grad().defined(), name + ": a parameter without gradient");
      const annvil::QueryNetworks trained = model.networks();
      must(trained.networks.size() == 3, name + ": not one network a lookup");
      must(adaptive == (trained.encoding != annvil::HistoryEncoding::none), name + ": not as adaptive as asked");
      for (std::uint32_t i = 0; i < 3; ++i) {
        must(trained.networks[i].inputs() == annvil::history_width(asked, trained.encoding, i), name + ": other inputs");
        must(trained.networks[i].outputs() == 8, name + ": other positions");
      }
    }
  }
}

template <annvil::ExtraSpaceCandidate ExtraSpace>
void check_extra_space(const std::string& name) {
  const annvil::Training given = training();
  torch::manual_seed(7);
  ExtraSpace writer(problem(2), given);
  const torch::Tensor arranged = torch::randn({1, 6, 2});
  const annvil::Network network = writer.network();
  std::vector<float> out(network.outputs()), scratch(network.scratch_floats());
  network.run(annvil::floats_of(arranged).data(), out.data(), scratch);
  must(close(writer.vectors(arranged), out), name + ": the network writes something else");
}

}  // namespace behaviour
