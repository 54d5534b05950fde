// One tree of the ensemble while it is trained: the alternation of classifier and tree update, and what is kept of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <annvil/balanced-tree/router.hpp>
#include <annvil/balanced-tree/tree-update.hpp>

#include "../learned/sections.hpp"

namespace annvil {

// A router and the tree it was last trained on, as they are served.
struct GrownTree {
  std::vector<std::uint32_t> leaves;  // of each row of the base
  std::vector<float> decoder;
};

// `prefix`: empty, or `cycle.N.` for what stood after the classifier of cycle N.
inline void add_sections(SectionsWriter& output, const std::string& prefix, std::size_t tree, const GrownTree& grown) {
  output.add<std::uint32_t>(prefix + "leaves." + std::to_string(tree), grown.leaves);
  output.add<float>(prefix + "decoder." + std::to_string(tree), grown.decoder);
}

// As int32: tensors of this LibTorch have no unsigned 32-bit integers.
inline torch::Tensor tensor_of(const std::vector<std::uint32_t>& leaves) {
  std::vector<std::int32_t> values(leaves.begin(), leaves.end());
  return torch::tensor(values, torch::kInt32);
}
inline std::vector<std::uint32_t> leaves_of(const torch::Tensor& tensor) {
  return {tensor.data_ptr<std::int32_t>(), tensor.data_ptr<std::int32_t>() + tensor.numel()};
}

// What is finished of a training, and the one tree that is under way, for checkpoints.
struct Forest {
  std::vector<GrownTree> trees;                   // finished ones
  std::vector<std::vector<GrownTree>> snapshots;  // [tree][cycle], where they are kept; of the tree under way too
  std::vector<std::uint32_t> leaves;              // of the tree under way, after its latest update

  // What `load` read of the router; consumed by `resume`.
  std::optional<torch::serialize::InputArchive> module, optimiser;

  template <class Router>
  void save(torch::serialize::OutputArchive& archive, Router& router) const {
    const auto put = [&](const std::string& name, const GrownTree& grown) {
      archive.write(name + ".leaves", tensor_of(grown.leaves));
      archive.write(name + ".decoder", torch::tensor(grown.decoder));
    };
    for (std::size_t t = 0; t < trees.size(); ++t) put("tree." + std::to_string(t), trees[t]);
    for (std::size_t t = 0; t < snapshots.size(); ++t) {
      for (std::size_t c = 0; c < snapshots[t].size(); ++c) put("snapshot." + std::to_string(t) + "." + std::to_string(c), snapshots[t][c]);
    }
    archive.write("leaves", tensor_of(leaves));
    torch::serialize::OutputArchive net, steps;
    router.module().save(net);
    router.optimiser().save(steps);
    archive.write("module", net);
    archive.write("optimiser", steps);
  }

  // Reads all but the router, which does not exist yet: `resume` gives it its own part.
  void load(torch::serialize::InputArchive& archive) {
    const auto get = [&](const std::string& name, GrownTree& grown) {
      torch::Tensor tree, decoder;
      if (!archive.try_read(name + ".leaves", tree)) return false;
      archive.read(name + ".decoder", decoder);
      grown = {leaves_of(tree), floats_of(decoder)};
      return true;
    };
    GrownTree grown;
    for (std::size_t t = 0; get("tree." + std::to_string(t), grown); ++t) trees.push_back(grown);
    for (std::size_t t = 0; get("snapshot." + std::to_string(t) + ".0", grown); ++t) {
      snapshots.emplace_back();
      for (std::size_t c = 0; get("snapshot." + std::to_string(t) + "." + std::to_string(c), grown); ++c) snapshots[t].push_back(grown);
    }
    torch::Tensor latest;
    archive.read("leaves", latest);
    leaves = leaves_of(latest);
    module.emplace(), optimiser.emplace();
    archive.read("module", *module);
    archive.read("optimiser", *optimiser);
  }

  // Whether there was anything to go on with.
  template <class Router>
  bool resume(Router& router) {
    if (!module) return false;
    router.module().load(*module);
    router.optimiser().load(*optimiser);
    module.reset(), optimiser.reset();
    return true;
  }
};

}  // namespace annvil
