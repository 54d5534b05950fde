// Trains the balanced trees of one index (BATL): for each tree of the ensemble the classifier and the tree update by turns.
//
// Settings: branching, height, trees, cycles, snapshots (1: what stood after every cycle is kept too), and the router's.
#include "../learned/train_main.hpp"
#include "grown_tree.hpp"

#include <candidate/router.hpp>
#include <candidate/tree-update.hpp>

static_assert(annvil::RouterCandidate<candidate::Router>);
static_assert(annvil::TreeUpdateCandidate<candidate::TreeUpdate>);

namespace {

using namespace annvil;

struct Inputs {
  Mapping base{train_fd::base, "base vectors"}, queries{train_fd::queries, "training queries"},
      neighbours{train_fd::neighbours, "neighbours"};
  Vectors rows = vectors_of(base, "base vectors").vectors;
  Vectors asked = vectors_of(queries, "training queries").vectors;
  Neighbours nearest = neighbours_of(neighbours);
};

class Growth {
 public:
  explicit Growth(Training& training) : training_(training) {
    if (inputs_.nearest.count != inputs_.asked.count || inputs_.nearest.base_count != inputs_.rows.count)
      throw std::runtime_error("neighbours of other vectors");
    done_ = training.checkpoint.restore("forest", [&](torch::serialize::InputArchive& archive) { forest_.load(archive); });
  }

  const Forest& run() {
    for (auto tree = static_cast<std::uint32_t>(done_ / turns_); tree < trees_; ++tree) grow(tree);
    return forest_;
  }

  TreeShape shape() const { return shape_; }
  std::uint32_t dimension() const { return inputs_.rows.dimension; }

 private:
  // All cycles of one tree: fit, update, fit, update, ..., fit.
  void grow(std::uint32_t tree) {
    // Far apart, so that neighbouring seeds of trainings share no tree.
    const std::uint64_t seed = training_.seed * 1'000'003 + tree * 7919;
    candidate::Router router({shape_, tensor_of(inputs_.rows), tensor_of(inputs_.asked), pairs_, seed, cycles_}, training_);
    candidate::TreeUpdate update(TreeTask{shape_, inputs_.rows, pairs_, seed});
    const BranchOdds odds = [&](std::uint32_t depth, std::span<const std::uint32_t> nodes, std::span<float> out) {
      router.branches(depth, nodes, out);
    };
    if (!forest_.resume(router)) {
      forest_.leaves.assign(inputs_.rows.count, 0);
      update.start(forest_.leaves);
      if (keeps_snapshots_) forest_.snapshots.emplace_back();
    }
    for (auto cycle = static_cast<std::uint32_t>(done_ % turns_); cycle <= cycles_; ++cycle) {
      const double loss = router.fit(forest_.leaves, cycle);
      GrownTree grown{forest_.leaves, router.exported().serialised()};
      if (keeps_snapshots_) forest_.snapshots[tree].push_back(grown);
      if (cycle < cycles_)
        update.update(odds, forest_.leaves);
      else
        forest_.trees.push_back(std::move(grown));
      training_.progress(++done_, trees_ * turns_, loss);
      // A checkpoint always lies within a tree, so that there is a router to go on with.
      if (cycle < cycles_)
        training_.checkpoint.save("forest", done_, [&](torch::serialize::OutputArchive& archive) { forest_.save(archive, router); });
    }
  }

  std::uint32_t whole(const char* name) const { return static_cast<std::uint32_t>(training_.settings.whole(name)); }

  Training& training_;
  Inputs inputs_;
  TrainingPairs pairs_{inputs_.asked, inputs_.nearest.k, inputs_.nearest.ids};
  TreeShape shape_{whole("branching"), whole("height")};
  std::uint32_t trees_ = whole("trees"), cycles_ = whole("cycles");
  bool keeps_snapshots_ = whole("snapshots") != 0;
  std::size_t turns_ = cycles_ + 1, done_ = 0;
  Forest forest_;
};

void train(Training& training, SectionsWriter& output) {
  Growth growth(training);
  const Forest& forest = growth.run();
  const std::uint32_t head[] = {growth.shape().branching, growth.shape().height, static_cast<std::uint32_t>(forest.trees.size()),
                                growth.dimension()};
  output.add<std::uint32_t>("shape", head);
  for (std::size_t t = 0; t < forest.trees.size(); ++t) add_sections(output, "", t, forest.trees[t]);
  for (std::size_t t = 0; t < forest.snapshots.size(); ++t) {
    for (std::size_t c = 0; c < forest.snapshots[t].size(); ++c)
      add_sections(output, "cycle." + std::to_string(c) + ".", t, forest.snapshots[t][c]);
  }
}

}  // namespace

int main(int argc, char** argv) { return train_main(argc, argv, train); }
