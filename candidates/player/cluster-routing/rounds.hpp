// Training and duplication by turns, and its checkpoints.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <annvil/cluster-routing/duplication.hpp>
#include <annvil/cluster-routing/predictor.hpp>

namespace annvil::routing {

// How far the alternation is: which phase, and the copies that went before it. Kept with every checkpoint of a phase.
class Rounds {
 public:
  // `epochs`: of each phase; one phase more than there are rounds of duplication.
  Rounds(Training& training, Holdings& holdings, std::vector<std::uint32_t> epochs)
      : training_(training), holdings_(holdings), epochs_(std::move(epochs)) {
    training_.checkpoint.restore(name, [&](torch::serialize::InputArchive& archive) {
      torch::Tensor copies;
      archive.read("phase", phase_);
      archive.read("copies", copies);
      for (std::int64_t i = 0; i < copies.size(0); ++i) {
        add({static_cast<std::uint32_t>(copies[i][0].item<std::int64_t>()), static_cast<std::uint32_t>(copies[i][1].item<std::int64_t>())});
      }
    });
    resumed_ = phase();
  }

  std::uint32_t phase() const { return static_cast<std::uint32_t>(phase_.toInt()); }
  std::uint32_t phases() const { return static_cast<std::uint32_t>(epochs_.size()); }

  void add(const Copy& copy) {
    holdings_.add(copy);
    copies_.push_back(copy);
  }

  template <class Predictor>
  void train(Predictor& predictor) {
    const std::uint32_t number = phase();
    std::size_t before = 0, all = 0;
    for (std::uint32_t i = 0; i < phases(); ++i) (i < number ? before : all) += epochs_[i];
    Phase current{number, epochs_[number], {}, {}, {}};
    current.restore = [&](torch::nn::Module& module, torch::optim::Optimizer& optimiser) {
      return number == resumed_ ? static_cast<std::uint32_t>(restore_state(module, optimiser)) : 0;
    };
    current.save = [&](std::uint32_t done, torch::nn::Module& module, torch::optim::Optimizer& optimiser) {
      save_state(done, module, optimiser);
    };
    current.progress = [&, before, total = before + all](std::size_t done, std::size_t steps, double loss) {
      const double share = static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(steps, 1));
      training_.progress(static_cast<std::size_t>(1000 * (static_cast<double>(before) + share * epochs_[number])), 1000 * total, loss);
    };
    predictor.train(holdings_, current);
    phase_ = static_cast<std::int64_t>(number + 1);
  }

 private:
  static constexpr const char* name = "cluster-routing";

  std::size_t restore_state(torch::nn::Module& module, torch::optim::Optimizer& optimiser) {
    return training_.checkpoint.restore(name, [&](torch::serialize::InputArchive& archive) {
      torch::serialize::InputArchive modules, steps;
      archive.read("module", modules);
      archive.read("optimiser", steps);
      module.load(modules);
      optimiser.load(steps);
    });
  }

  void save_state(std::uint32_t epochs_done, torch::nn::Module& module, torch::optim::Optimizer& optimiser) {
    training_.checkpoint.save(name, epochs_done, [&](torch::serialize::OutputArchive& archive) {
      torch::serialize::OutputArchive modules, steps;
      module.save(modules);
      optimiser.save(steps);
      const auto copies = torch::empty({static_cast<std::int64_t>(copies_.size()), 2}, torch::kInt64);
      auto row = copies.accessor<std::int64_t, 2>();
      for (std::size_t i = 0; i < copies_.size(); ++i) row[i][0] = copies_[i].key, row[i][1] = copies_[i].cluster;
      archive.write("module", modules);
      archive.write("optimiser", steps);
      archive.write("phase", phase_);
      archive.write("copies", copies);
    });
  }

  Training& training_;
  Holdings& holdings_;
  std::vector<std::uint32_t> epochs_;
  std::vector<Copy> copies_;
  torch::IValue phase_ = std::int64_t{0};
  std::uint32_t resumed_ = 0;
};

// The training queries whose most probable cluster does not hold their key.
template <class Predictor>
std::vector<Marked> mark(Predictor& predictor, const RoutingTask& task, const torch::Tensor& queries, const Holdings& holdings) {
  const torch::NoGradGuard no_gradients;
  constexpr std::int64_t block = 4096;
  std::vector<Marked> marked;
  for (std::int64_t from = 0; from < queries.size(0); from += block) {
    const auto probabilities =
        torch::softmax(predictor.scores(queries.slice(0, from, std::min(queries.size(0), from + block))), 1).contiguous();
    TORCH_CHECK(probabilities.size(1) == task.clusters, "scores of ", probabilities.size(1), " clusters where there are ", task.clusters);
    const float* row = probabilities.template data_ptr<float>();
    for (std::int64_t i = 0; i < probabilities.size(0); ++i, row += task.clusters) {
      const auto query = static_cast<std::uint32_t>(from + i);
      const std::uint32_t key = task.keys[query];
      const auto top = static_cast<std::uint32_t>(std::max_element(row, row + task.clusters) - row);
      if (holdings.holds(top, key)) continue;
      float held = 0;
      for (const std::uint32_t holder : holdings.holders(key)) held += row[holder];
      marked.push_back({query, key, top, row[top], held});
    }
  }
  return marked;
}

}  // namespace annvil::routing
