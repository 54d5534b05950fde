import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';

const bySize = ({ order }: Choices): boolean => order !== 'probability';

/** The Probing class itself. */
export function probe(choices: Choices): Part {
  const { stop, temperature, sharpness } = choices;
  const mass = stop !== 'count';
  const sized = bySize(choices);
  const within = stop === 'mass-within-count';
  return {
    std: ['algorithm', 'cmath', 'cstdint', 'numeric', 'span', ...(sized ? ['cstddef', 'vector'] : [])],
    contract: [],
    text: lines(
      'class Probing {\n public:',
      sized
        ? `  explicit Probing(std::span<const std::uint32_t> sizes) : handicaps_(sizes.size()) {
    for (std::size_t bin = 0; bin < sizes.size(); ++bin) {
      handicaps_[bin] = ${choices.order === 'per-root' ? '0.5f * ' : ''}std::log(static_cast<float>(std::max(sizes[bin], 1u)));
    }
  }`
        : '  explicit Probing(std::span<const std::uint32_t>) {}',
      `
  std::uint32_t probe(std::span<const float> scores, std::uint32_t effort, std::span<std::uint32_t> bins) const {
    std::iota(bins.begin(), bins.end(), 0u);`,
      mass
        ? '    const auto most = static_cast<std::uint32_t>(bins.size());'
        : '    const auto most = std::min(effort, static_cast<std::uint32_t>(bins.size()));',
      `    const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
      const float of_a = scores[a]${sized ? ' - handicaps_[a]' : ''}, of_b = scores[b]${sized ? ' - handicaps_[b]' : ''};
      return of_a > of_b || (of_a == of_b && a < b);
    };
    std::partial_sort(bins.begin(), bins.begin() + most, bins.end(), earlier);`,
      mass &&
        `    // The effort is a probability to be gathered; at a temperature other than 1 the network's trust in itself is corrected.
    const float best = *std::max_element(scores.begin(), scores.end());
    double total = 0;
    for (const float score : scores) total += std::exp((score - best) / ${temperature}f);
    const double wanted = (1 - std::exp(-${sharpness} * (effort + 0.5))) * total;
    double gathered = 0;
    std::uint32_t count = 0;
    while (count < most && (count == 0 || gathered < wanted)${within ? ' && count < 2 * effort' : ''}) {
      if (!std::isfinite(scores[bins[count]])) break;
      gathered += std::exp((scores[bins[count++]] - best) / ${temperature}f);
    }
    return count;`,
      !mass &&
        `    // Bins that a second level did not reach come last, and are not worth asking for.
    std::uint32_t count = 0;
    while (count < most && std::isfinite(scores[bins[count]])) ++count;
    return count;`,
      '  }',
      sized && '\n private:\n  std::vector<float> handicaps_;  // logarithms of what a bin costs',
      '};',
    ),
  };
}
