// The trees of a trained index as the referee believes them: shape, balance and bytes checked, each leaf's members at hand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <annvil/balanced-tree/decoder.hpp>

#include "../../player/balanced-tree/messages.hpp"
#include "../../player/learned/sections.hpp"
#include "../learned/examine_main.hpp"
#include "../learned/served_file.hpp"

namespace annvil::referee {

// What an index must be, by the request.
struct ForestLimits {
  TreeShape shape;
  std::uint32_t trees, vectors, dimension;
  std::size_t model_bytes;  // most that the decoders of all trees may take together
};

class GrownForest {
 public:
  struct Tree {
    std::vector<std::uint32_t> starts, members;  // members of leaf l: members[starts[l]] to members[starts[l + 1] - 1]
    Decoder decoder;

    std::span<const std::uint32_t> of(std::uint32_t leaf) const {
      return {members.data() + starts[leaf], members.data() + starts[leaf + 1]};
    }
  };

  // `file_bytes`: the size of the whole file, of which everything must be accounted for: a section that nobody asks for would be a place to
  // hide the vectors in. Throws std::runtime_error for damage, Failure for trees out of balance, OverLimit for decoders that are too large.
  GrownForest(const Sections& sections, std::size_t file_bytes, const ForestLimits& limits, std::uint32_t cycle, std::uint32_t snapshots,
              std::uint32_t trees)
      : shape_(limits.shape) {
    const auto head = sections.values<std::uint32_t>("shape");
    require(head.size() == 4 && head[0] == shape_.branching && head[1] == shape_.height && head[2] == limits.trees &&
                head[3] == limits.dimension,
            "the trained index has another shape than was asked for");
    check_bytes(sections, file_bytes, limits, snapshots);
    for (std::uint32_t tree = 0; tree < trees; ++tree) {
      const std::string prefix = prefix_of(cycle), number = std::to_string(tree);
      Decoder decoder = Decoder::parse(sections.values<float>(prefix + "decoder." + number));
      require(decoder.shape().branching == shape_.branching && decoder.shape().height == shape_.height &&
                  decoder.dimension() == limits.dimension,
              "a router has another shape than its tree");
      add(std::move(decoder), sections.values<std::uint32_t>(prefix + "leaves." + number), limits.vectors);
    }
  }

  // What the served index needs to open leaves as of that cycle: the decoders, and how many vectors there are, not which leaf holds which.
  Descriptor served(std::uint32_t cycle) const {
    SectionsWriter writer;
    const Tree& first = trees_.front();
    const std::uint32_t head[] = {shape_.branching, shape_.height, static_cast<std::uint32_t>(trees_.size()), first.decoder.dimension()};
    writer.add<std::uint32_t>("shape", head);
    // It counts the values of this section, whatever they are.
    writer.add<std::uint32_t>("leaves.0", std::vector<std::uint32_t>(first.members.size()));
    for (std::size_t tree = 0; tree < trees_.size(); ++tree)
      writer.add<float>(prefix_of(cycle) + "decoder." + std::to_string(tree), trees_[tree].decoder.serialised());
    return sealed_file(writer);
  }

  const std::vector<Tree>& trees() const { return trees_; }
  const TreeShape& shape() const { return shape_; }
  std::size_t model_bytes() const { return model_bytes_; }
  std::uint32_t largest_leaf() const { return largest_; }
  std::uint32_t smallest_leaf() const { return smallest_; }

 private:
  static void require(bool holds, const char* otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
  }

  void check_bytes(const Sections& sections, std::size_t file_bytes, const ForestLimits& limits, std::uint32_t snapshots) {
    for (std::uint32_t tree = 0; tree < limits.trees; ++tree)
      model_bytes_ += sections.values<float>("decoder." + std::to_string(tree)).size_bytes();
    if (model_bytes_ > limits.model_bytes)
      throw OverLimit{"index-bytes", static_cast<double>(limits.model_bytes), static_cast<double>(model_bytes_)};
    // Leaves of every tree, decoders, and the file's own table and alignment.
    const std::size_t kept = snapshots + 1;
    const std::size_t table = 4096 + kept * limits.trees * 2 * (sizeof(SectionEntry) + 64);
    const std::size_t most = kept * (std::size_t{limits.trees} * limits.vectors * 4 + limits.model_bytes) + table;
    if (file_bytes > most) throw OverLimit{"index-bytes", static_cast<double>(most), static_cast<double>(file_bytes)};
  }

  // At every depth no node may hold more than its capacity.
  void add(Decoder decoder, std::span<const std::uint32_t> leaves, std::uint32_t vectors) {
    require(leaves.size() == vectors, "a tree holds another number of vectors than there are");
    Tree tree{std::vector<std::uint32_t>(shape_.leaves() + 1), std::vector<std::uint32_t>(vectors), std::move(decoder)};
    for (const std::uint32_t leaf : leaves) {
      require(leaf < shape_.leaves(), "a vector lies in no leaf of its tree");
      ++tree.starts[leaf + 1];
    }
    for (std::uint32_t leaf = 0; leaf < shape_.leaves(); ++leaf) {
      largest_ = std::max(largest_, tree.starts[leaf + 1]);
      smallest_ = std::min(smallest_, tree.starts[leaf + 1]);
      tree.starts[leaf + 1] += tree.starts[leaf];
    }
    for (std::uint32_t depth = 1; depth <= shape_.height; ++depth) {
      const std::uint32_t width = shape_.nodes(shape_.height - depth), capacity = shape_.capacity(vectors, depth);
      for (std::uint32_t node = 0; node < shape_.nodes(depth); ++node) {
        const std::uint32_t held = tree.starts[(node + 1) * width] - tree.starts[node * width];
        if (held <= capacity) continue;
        const std::string where = "node " + std::to_string(node) + " at depth " + std::to_string(depth);
        throw Failure{"tampered", where + " holds " + std::to_string(held) + " vectors where " + std::to_string(capacity) + " are the most",
                      "unbalanced-tree", 0};
      }
    }
    std::vector<std::uint32_t> at(tree.starts.begin(), tree.starts.end() - 1);
    for (std::uint32_t row = 0; row < vectors; ++row) tree.members[at[leaves[row]]++] = row;
    trees_.push_back(std::move(tree));
  }

  TreeShape shape_;
  std::vector<Tree> trees_;
  std::size_t model_bytes_ = 0;
  std::uint32_t largest_ = 0, smallest_ = ~0u;
};

}  // namespace annvil::referee
