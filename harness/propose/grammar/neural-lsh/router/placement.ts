import type { Choices } from '../../../../core/policy.ts';
import { comment, lines, type Part } from '../../part.ts';

/** Re-binning: each row into the bin that the trained network sends it to, as long as there is room. */
export function placement(choices: Choices): Part {
  const regret = choices.turn === 'regret';
  const limit = choices.fill === 'limit' ? 'limit' : `std::min(limit, ${choices.fill})`;
  return {
    std: ['algorithm', 'cmath', 'cstdint', 'numeric', 'span', 'vector'],
    contract: ['neural-lsh/router.hpp', 'vectors.hpp'],
    text: lines(
      comment(
        regret
          ? ['What a row loses with its best bin: the distance to the next best.']
          : ['How sure the network is of a row.'],
      ),
      regret
        ? `inline float urgency(std::span<const float> scores) {
  float best = scores[0], next = -1e30f;
  for (const float score : scores.subspan(1)) {
    next = std::max(next, std::min(best, score));
    best = std::max(best, score);
  }
  return best - next;
}
`
        : `inline float urgency(std::span<const float> scores) { return *std::max_element(scores.begin(), scores.end()); }
`,
      comment([
        'Each row into its best bin that has room; no bin takes more than `limit` times the mean.',
        'The most urgent choose first, so that a full bin turns away those that it matters least to.',
      ]),
      `inline std::vector<std::uint32_t> place(annvil::BinScores scores, double limit) {
  const double mean = static_cast<double>(scores.count()) / scores.bins;
  const double room = std::max(std::floor(mean * ${limit}), std::ceil(mean));
  std::vector<float> urgencies(scores.count());
  for (annvil::NodeId id = 0; id < scores.count(); ++id) urgencies[id] = urgency(scores[id]);
  std::vector<annvil::NodeId> order(scores.count());
  std::iota(order.begin(), order.end(), annvil::NodeId{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return urgencies[a] > urgencies[b]; });
  std::vector<std::uint32_t> placed(scores.count()), sizes(scores.bins);
  for (const annvil::NodeId id : order) {
    std::uint32_t chosen = scores.bins;
    for (std::uint32_t bin = 0; bin < scores.bins; ++bin) {
      if (sizes[bin] < room && (chosen == scores.bins || scores[id][bin] > scores[id][chosen])) chosen = bin;
    }
    placed[id] = chosen;
    ++sizes[chosen];
  }
  return placed;
}`,
    ),
  };
}
