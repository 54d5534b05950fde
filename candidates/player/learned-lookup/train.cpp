// Trains ranker, query models and writer of extra vectors end to end (section 3 of the paper) and writes the networks.
#include <malloc.h>

#include <optional>

#include "../learned/train_main.hpp"

#include <annvil/learned-lookup/extra_space.hpp>
#include <annvil/learned-lookup/query_model.hpp>
#include <annvil/learned-lookup/ranker.hpp>

#include "adam.hpp"
#include "batches.hpp"
#include "model.hpp"
#include "problem_settings.hpp"

#include <candidate/extra-space.hpp>
#include <candidate/query-model.hpp>
#include <candidate/ranker.hpp>

namespace {

static_assert(annvil::RankerCandidate<candidate::Ranker>);
static_assert(annvil::QueryModelCandidate<candidate::QueryModel>);
static_assert(annvil::ExtraSpaceCandidate<candidate::ExtraSpace>);

using annvil::lookup::FlatAdam;

class LookupTraining {
 public:
  explicit LookupTraining(annvil::Training& training)
      : training_(training),
        problem_(annvil::lookup::problem_of(training.settings)),
        frozen_(training.settings.whole("train-ranker") == 0),
        ranker_(problem_, training),
        queries_(problem_, training),
        ranker_steps_(ranker_.parameters(), training.settings.number("weight-decay")),
        query_steps_(queries_.parameters(), training.settings.number("weight-decay")) {
    if (problem_.extra == 0) return;
    extra_.emplace(problem_, training);
    extra_steps_.emplace(extra_->parameters(), training.settings.number("weight-decay"));
  }

  void run(const annvil::lookup::Source& source) {
    const auto steps = training_.settings.whole("steps");
    const auto datasets = static_cast<std::int64_t>(training_.settings.whole("datasets")),
               queries = static_cast<std::int64_t>(training_.settings.whole("queries"));
    for (std::size_t step = restore(); step < steps; ++step) {
      // By seed and step, so that a resumed training draws what an uninterrupted one would have drawn.
      const std::uint64_t seed = training_.seed * 1'000'003 + step;
      torch::manual_seed(seed);
      annvil::lookup::Random random(seed);
      const double loss = learn(annvil::lookup::draw_batch(problem_, source, datasets, queries, random),
                                static_cast<double>(step) / static_cast<double>(steps));
      training_.progress(step + 1, steps, loss);
      if (step % 256 == 255) save(step + 1);
    }
  }

  annvil::lookup::Model model() {
    annvil::QueryNetworks trained = queries_.networks();
    annvil::lookup::Model model{ranker_.network(), trained.encoding, std::move(trained.networks), {}};
    if (extra_) model.extra = extra_->network();
    return model;
  }

 private:
  double learn(annvil::lookup::Batch batch, double progress) {
    const torch::Device device = training_.device;
    const torch::Tensor datasets = batch.datasets.to(device), nearest = batch.nearest.to(device);
    const bool learns = !frozen_ && ranker_.learning_rate(progress) > 0;
    const auto [placement, arranged] = arrange(datasets, progress, learns);
    annvil::LookupBatch given{batch.queries.to(device), arranged, {}, {}};
    if (extra_) given.memory = torch::cat({arranged, extra_->vectors(arranged)}, 1);
    given.answers = datasets.gather(1, nearest.unsqueeze(-1).expand({-1, -1, problem_.dimension}));
    if (problem_.permutes) given.placement = placement.gather(2, nearest.unsqueeze(1).expand({-1, problem_.points, -1})).transpose(1, 2);
    const torch::Tensor loss = queries_.loss(given, progress);
    loss.backward();
    query_steps_.step(queries_.learning_rate(progress));
    if (extra_) extra_steps_->step(extra_->learning_rate(progress));
    if (learns) ranker_steps_.step(ranker_.learning_rate(progress));
    return loss.item<double>();
  }

  // The placement (undefined without permutation), and what is stored.
  std::pair<torch::Tensor, torch::Tensor> arrange(const torch::Tensor& datasets, double progress, bool learns) {
    const torch::AutoGradMode gradients(learns);
    const torch::Tensor outputs = ranker_.outputs(datasets);
    if (!problem_.permutes) return {{}, outputs};
    // A ranker that does not learn places points as it will in the end.
    const torch::Tensor placement = ranker_.placement(outputs, learns ? progress : 1.0);
    return {placement, torch::bmm(placement, datasets)};
  }

  std::size_t restore() {
    return training_.checkpoint.restore("learned-lookup", [&](torch::serialize::InputArchive& archive) {
      ranker_steps_.load(archive, "ranker");
      query_steps_.load(archive, "query-model");
      if (extra_steps_) extra_steps_->load(archive, "extra-space");
    });
  }
  void save(std::size_t step) {
    training_.checkpoint.save("learned-lookup", step, [&](torch::serialize::OutputArchive& archive) {
      ranker_steps_.save(archive, "ranker");
      query_steps_.save(archive, "query-model");
      if (extra_steps_) extra_steps_->save(archive, "extra-space");
    });
  }

  annvil::Training& training_;
  annvil::LookupProblem problem_;
  bool frozen_;
  candidate::Ranker ranker_;
  candidate::QueryModel queries_;
  std::optional<candidate::ExtraSpace> extra_;
  FlatAdam ranker_steps_, query_steps_;
  std::optional<FlatAdam> extra_steps_;
};

}  // namespace

int main(int argc, char** argv) {
  // Tensors of a step are as large as those of the last: giving their memory back in between costs a fifth of the time in page faults.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  // oneDNN writes its kernels at run time, which the sandbox forbids; LibTorch's own do as well.
  at::globalContext().setUserEnabledMkldnn(false);
  return annvil::train_main(argc, argv, [](annvil::Training& training, annvil::SectionsWriter& output) {
    std::optional<annvil::Mapping> points, queries;
    annvil::lookup::Source source{annvil::lookup::distribution_of(training.settings.text("distribution")),
                                  static_cast<std::uint32_t>(training.settings.whole("dimension"))};
    if (source.distribution == annvil::lookup::Distribution::rows) {
      points.emplace(annvil::train_fd::base, "points");
      queries.emplace(annvil::train_fd::queries, "queries");
      source.points = annvil::vectors_of(*points, "points").vectors, source.queries = annvil::vectors_of(*queries, "queries").vectors;
    }
    LookupTraining lookups(training);
    lookups.run(source);
    write(lookups.model(), output);
  });
}
