import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { comment, includes, lines } from '../part.ts';
import { assign } from './tree-update/assign.ts';
import { seedChoices, space } from './tree-update/space.ts';
import { start } from './tree-update/start.ts';

function summary({ start: begins, prices, order, inertia, swaps }: Choices): string {
  const orders: Record<string, string> = { confidence: 'by confidence', margin: 'by margin', input: 'in input order' };
  return comment([
    'Slot `tree-update` of the balanced-tree target: top-down, each vector takes its most probable branch with room (BATL, Li et al., KDD 2023),',
    `${orders[order!]}, from a ${begins} start.`,
    ...(prices === 'none' ? [] : ['Branches that too many want are priced first.']),
    ...(inertia === '0'
      ? []
      : ['A vector leaves its branch only for one that is more probable by more than a little.']),
    ...(swaps === '0' ? [] : ['Afterwards vectors are exchanged where two gain together.']),
  ]);
}

function inert({ inertia }: Choices): string {
  return `      for (std::uint32_t row = 0; row < nodes.size(); ++row) {
        const std::uint32_t before = task_.shape.node_of(last[row], depth + 1);
        if (before / branching() == nodes[row]) scores[std::size_t{row} * branching() + before % branching()] += ${inertia}f;
      }`;
}

/** The header of the tree update that these choices describe. */
export function emit(choices: Choices): string {
  const first = start(choices);
  const given = assign(choices);
  const stays = choices.inertia !== '0';
  const uniform = choices.start !== 'k-means';
  const main = {
    text: lines(
      `class TreeUpdate {
 public:
  explicit TreeUpdate(const annvil::TreeTask& task) : task_(task), random_(task.seed) {}
`,
      first.text,
      `
  void update(const annvil::BranchOdds& odds, std::span<std::uint32_t> leaves) {`,
      stays
        ? `    const std::vector<std::uint32_t> last(leaves.begin(), leaves.end());
    descend(leaves, [&](std::uint32_t depth, std::span<const std::uint32_t> nodes, std::span<float> scores) {
      odds(depth, nodes, scores);
${inert(choices).replace('+= 2f', '+= 2.0f')}
    });`
        : '    descend(leaves, odds);',
      `  }

 private:
  std::uint32_t branching() const { return task_.shape.branching; }
`,
      uniform &&
        `  // In [0, 1).
  float uniform() { return static_cast<float>(random_() >> 40) * 0x1p-24f; }
`,
      `  // The members of each node of one depth, by row.
  static std::vector<std::vector<std::uint32_t>> groups(std::span<const std::uint32_t> nodes) {
    std::vector<std::vector<std::uint32_t>> members(*std::max_element(nodes.begin(), nodes.end()) + 1);
    for (std::uint32_t row = 0; row < nodes.size(); ++row) members[nodes[row]].push_back(row);
    return members;
  }

  // From the root down: asks for the scores of every row's branches below the node it has come to, and divides each node's members.
  template <class Score>
  void descend(std::span<std::uint32_t> leaves, Score&& score) {
    std::vector<std::uint32_t> nodes(task_.base.count), branches(task_.base.count);
    std::vector<float> scores(std::size_t{task_.base.count} * branching());
    for (std::uint32_t depth = 0; depth < task_.shape.height; ++depth) {
      score(depth, nodes, scores);
      for (const std::vector<std::uint32_t>& members : groups(nodes)) assign(members, scores, branches);
      for (std::uint32_t row = 0; row < nodes.size(); ++row) nodes[row] = nodes[row] * branching() + branches[row];
    }
    std::copy(nodes.begin(), nodes.end(), leaves.begin());
  }`,
      first.helper,
      given.helpers !== '' && given.helpers.trimEnd(),
      given.text,
      `
  annvil::TreeTask task_;
  std::mt19937_64 random_;
};`,
    ),
    std: ['algorithm', 'cstdint', 'random', 'span', 'vector', ...first.std, ...given.std],
    contract: first.contract,
  };
  return `${summary(choices)}
#pragma once

${includes([main], ['balanced-tree/tree-update.hpp'])}

namespace candidate {

${main.text}

}  // namespace candidate
`;
}

/** What the grammar proposer knows of the slot `tree-update`. */
export const treeUpdateGrammar: Grammar = { space, seedChoices, emit };
