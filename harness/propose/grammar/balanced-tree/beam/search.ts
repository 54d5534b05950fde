import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';
import { summed } from './space.ts';

const widths: Record<string, string> = {
  paper: 'std::max(leaves, 100u)',
  effort: 'leaves',
  'twice-effort': '2 * leaves',
  all: 'shape.leaves()',
};

const least: Record<string, string> = {
  one: '1',
  two: 'trees_.size() < 2 ? 1.0f : 2.0f',
  half: 'static_cast<float>((trees_.size() + 1) / 2)',
};

/** What is opened, and with what weights. */
function opening(choices: Choices): string {
  const { votes, floor } = choices;
  const weight =
    votes === 'probability'
      ? 'std::max(std::exp(path.log_probability), 1e-30f)'
      : votes === 'log-probability'
        ? 'path.log_probability - floor'
        : '1.0f';
  const floors =
    votes !== 'log-probability'
      ? false
      : floor === 'last'
        ? `    // A leaf that is not opened counts as the least probable of those that are.
    float floor = 0;
    for (const Path& path : paths) floor = std::min(floor, path.log_probability - 0.01f);`
        : `    // A leaf that is not opened counts as one of a thousandth of the mean probability.
    float floor = -std::log(1000.0f * static_cast<float>(shape.leaves()));
    for (const Path& path : paths) floor = std::min(floor, path.log_probability - 0.01f);`;
  return lines(
    floors,
    `    for (const Path& path : paths) opened.push_back({path.tree, path.node, ${weight}});`,
    summed(choices)
      ? `    // As many vectors as \`effort\` leaves hold.
    const auto most = static_cast<std::uint64_t>(vectors_) * effort / shape.leaves();
    return {1e-30f, static_cast<std::uint32_t>(std::clamp<std::uint64_t>(most, 1, vectors_))};`
      : `    return {${least[votes!]}, vectors_};`,
  );
}

/** The Beam class itself. */
export function search(choices: Choices): Part {
  const { shares, votes, width } = choices;
  const logs = votes === 'probability' || votes === 'log-probability';
  const byProbability = shares === 'by-probability';
  const count =
    summed(choices) && choices.leaves !== '1'
      ? `std::min(${choices.leaves} * effort, shape.leaves())`
      : 'std::min(effort, shape.leaves())';
  return {
    std: ['algorithm', 'cstdint', 'span', 'vector', ...(logs ? ['cmath'] : [])],
    contract: ['balanced-tree/decoder.hpp'],
    text: lines(
      `class Beam {
 public:
  Beam(std::span<const annvil::Decoder> trees, std::uint32_t vectors) : trees_(trees), vectors_(vectors) {}

  annvil::Choice search(const float* query, std::uint32_t effort, std::vector<annvil::Opened>& opened) const {
    const annvil::TreeShape shape = trees_.front().shape();
    const std::uint32_t leaves = ${count};
    std::vector<Path> paths;
    for (std::uint32_t tree = 0; tree < trees_.size(); ++tree) {
      const std::vector<Path> best = best_leaves(query, tree, ${byProbability ? 'std::min(2 * leaves, shape.leaves())' : 'leaves'});
      paths.insert(paths.end(), best.begin(), best.end());
    }`,
      byProbability && `    keep(paths, leaves * trees_.size());`,
      opening(choices),
      `  }

 private:
  // A leaf, or an inner node on the way to one.
  struct Path {
    std::uint32_t tree, node;
    float log_probability;
  };

  // The most probable paths, best first; equal ones by tree and node.
  static void keep(std::vector<Path>& paths, std::size_t count) {
    const auto better = [](const Path& a, const Path& b) {
      if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
      return a.tree != b.tree ? a.tree < b.tree : a.node < b.node;
    };
    count = std::min(count, paths.size());
    std::partial_sort(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(count), paths.end(), better);
    paths.resize(count);
  }

  std::vector<Path> best_leaves(const float* query, std::uint32_t tree, std::uint32_t leaves) const {
    const annvil::Decoder& decoder = trees_[tree];
    const annvil::TreeShape shape = decoder.shape();
    const std::uint32_t width = ${widths[width!]};
    std::vector<float> embedding(decoder.width()), odds(shape.branching), scratch(decoder.scratch_floats());
    decoder.encode(query, embedding.data(), scratch);
    std::vector<Path> paths{{tree, 0, 0.0f}}, longer;
    for (std::uint32_t depth = 0; depth < shape.height; ++depth) {
      longer.clear();
      for (const Path& path : paths) {
        decoder.branches(depth, path.node, embedding.data(), odds.data(), scratch);
        for (std::uint32_t branch = 0; branch < shape.branching; ++branch) {
          longer.push_back({tree, path.node * shape.branching + branch, path.log_probability + odds[branch]});
        }
      }
      paths.swap(longer);
      keep(paths, depth + 1 == shape.height ? leaves : width);
    }
    return paths;
  }

  std::span<const annvil::Decoder> trees_;
  std::uint32_t vectors_;
};`,
    ),
  };
}
