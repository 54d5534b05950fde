import type { Choices } from '../../../../core/policy.ts';
import { comment, lines, type Part } from '../../part.ts';

/** Soft labels, written a batch at a time: for a million rows and many bins the whole table would not fit. */
export function labels(choices: Choices): Part {
  const count = choices['label-neighbours']!;
  const ranked = choices['label-weights'] === 'rank';
  return {
    std: ['cstdint', 'span'],
    contract: ['learned/training.hpp', 'neural-lsh/neighbours.hpp', 'vectors.hpp'],
    text: lines(
      comment([
        `The label of a row: how the bins of its ${count} nearest neighbours and itself are distributed.`,
        ...(ranked ? ['The closer a neighbour, the more it counts: as 1 over the root of its rank.'] : []),
      ]),
      `inline torch::Tensor labels_of(const torch::Tensor& ids, const annvil::NeighbourTable& neighbours,
                               std::span<const std::uint32_t> bins, std::uint32_t bin_count) {
  torch::Tensor labels = torch::zeros({ids.size(0), bin_count});
  auto values = labels.accessor<float, 2>();
  const auto rows = ids.accessor<std::int64_t, 1>();
  for (std::int64_t i = 0; i < ids.size(0); ++i) {
    const auto id = static_cast<annvil::NodeId>(rows[i]);
    values[i][bins[id]] += 1;`,
      ranked && '    float rank = 1;',
      `    for (const annvil::NodeId other : neighbours.nearest(id, ${count})) {`,
      ranked ? '      values[i][bins[other]] += 1 / std::sqrt(++rank);' : '      values[i][bins[other]] += 1;',
      `    }
  }
  return labels / labels.sum(1, true);
}`,
    ),
  };
}
