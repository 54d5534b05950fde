import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';
import { single } from './space.ts';

/** How many of a query's neighbours stand for it, and which. */
function mined({ mining }: Choices): { readonly count: string; readonly drawn: boolean } {
  const count = /\d+/.exec(mining ?? '')?.[0];
  return { count: count ? `std::min(${count}u, pairs.k)` : 'pairs.k', drawn: mining?.startsWith('random') ?? false };
}

/** The rows of a batch: which of the training's pairs stand in it, and their targets by prefix. */
export function batch(choices: Choices): Part {
  const alone = single(choices);
  const { count, drawn } = mined(choices);
  const ranked = choices.weights === 'by-rank';
  return {
    std: [
      'algorithm',
      'cstdint',
      'span',
      'utility',
      'vector',
      ...(drawn ? ['random'] : []),
      ...(ranked ? ['cmath'] : []),
    ],
    contract: ['balanced-tree/tree.hpp'],
    text: lines(
      `// A batch's targets at one depth: for each (row of the batch, prefix of its paths), how the paths go on.
struct Targets {
  std::vector<std::int64_t> rows, nodes;
  std::vector<float> shares;  // [rows.size()][branching]
};
`,
      alone
        ? `// The training's pairs, each a row of its own: pair i is neighbour i % k of query i / k.
inline std::vector<std::pair<std::uint32_t, float>> paths_of(const annvil::TrainingPairs& pairs, std::span<const std::uint32_t> leaves,
                                                             std::uint32_t pair) {
  return {{leaves[pairs.of(pair / pairs.k)[pair % pairs.k]], 1.0f}};
}
`
        : `// The leaves of ${drawn ? 'some' : 'the'} neighbours of a query, and the share of each in its loss.
inline std::vector<std::pair<std::uint32_t, float>> paths_of(const annvil::TrainingPairs& pairs, std::span<const std::uint32_t> leaves,
                                                             std::uint32_t query${drawn ? ', std::mt19937_64& random' : ''}) {
  const std::uint32_t count = ${count};
  std::vector<std::pair<std::uint32_t, float>> paths(count);${ranked ? '\n  float sum = 0;' : ''}
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t rank = ${drawn ? 'static_cast<std::uint32_t>(random() % pairs.k)' : 'i'};
    paths[i] = {leaves[pairs.of(query)[rank]], ${ranked ? '1 / std::log2(2.0f + static_cast<float>(rank))' : '1 / static_cast<float>(count)'}};${ranked ? '\n    sum += paths[i].second;' : ''}
  }
${ranked ? '  for (auto& [leaf, share] : paths) share /= sum;\n' : ''}  std::sort(paths.begin(), paths.end());
  return paths;
}
`,
      `// Adds the paths of one row of a batch, sorted by leaf, to the targets of a depth.
inline void add_targets(const annvil::TreeShape& shape, std::uint32_t depth, std::int64_t row,
                        std::span<const std::pair<std::uint32_t, float>> paths, Targets& targets) {
  std::uint32_t last = ~0u;
  for (const auto& [leaf, share] : paths) {
    const std::uint32_t node = shape.node_of(leaf, depth);
    if (node != last) {
      targets.rows.push_back(row);
      targets.nodes.push_back(node);
      targets.shares.resize(targets.shares.size() + shape.branching);
      last = node;
    }
    targets.shares[targets.shares.size() - shape.branching + shape.node_of(leaf, depth + 1) % shape.branching] += share;
  }
}`,
    ),
  };
}
