import type { Choices } from '../../../../core/policy.ts';
import { lines } from '../../part.ts';

const prices = `
  // Prices that make the branches about equally wanted (an auction's, Bertsekas 1988, all bids at once): taken off the scores.
  void price(const std::vector<std::uint32_t>& members, std::span<float> scores) const {
    std::vector<float> price(branching());
    const float fair = static_cast<float>(members.size()) / static_cast<float>(branching());
    for (float step = 0.5f; step > 0.02f; step *= 0.93f) {
      std::vector<float> wanted(branching());
      for (const std::uint32_t row : members) {
        const float* const score = scores.data() + std::size_t{row} * branching();
        std::uint32_t best = 0;
        for (std::uint32_t b = 1; b < branching(); ++b) {
          if (score[b] - price[b] > score[best] - price[best]) best = b;
        }
        ++wanted[best];
      }
      for (std::uint32_t b = 0; b < branching(); ++b) price[b] += step * std::log((wanted[b] + 1) / (fair + 1));
    }
    for (const std::uint32_t row : members) {
      for (std::uint32_t b = 0; b < branching(); ++b) scores[std::size_t{row} * branching() + b] -= price[b];
    }
  }
`;

const swaps = (passes: string) => `
  // Exchanges members of two branches, those who gain most first, as long as the two together gain. Balance stays as it is.
  void swap(const std::vector<std::uint32_t>& members, std::span<const float> scores, std::span<std::uint32_t> branches) const {
    std::vector<std::vector<std::uint32_t>> held(branching());
    for (const std::uint32_t row : members) held[branches[row]].push_back(row);
    const auto gain = [&](std::uint32_t row, std::uint32_t from, std::uint32_t to) {
      return scores[std::size_t{row} * branching() + to] - scores[std::size_t{row} * branching() + from];
    };
    for (int pass = 0; pass < ${passes}; ++pass) {
      for (std::uint32_t a = 0; a < branching(); ++a) {
        for (std::uint32_t b = a + 1; b < branching(); ++b) {
          std::stable_sort(held[a].begin(), held[a].end(), [&](auto x, auto y) { return gain(x, a, b) > gain(y, a, b); });
          std::stable_sort(held[b].begin(), held[b].end(), [&](auto x, auto y) { return gain(x, b, a) > gain(y, b, a); });
          const std::size_t most = std::min(held[a].size(), held[b].size());
          for (std::size_t i = 0; i < most && gain(held[a][i], a, b) + gain(held[b][i], b, a) > 1e-6f; ++i) {
            std::swap(held[a][i], held[b][i]);
          }
        }
      }
    }
    for (std::uint32_t b = 0; b < branching(); ++b) {
      for (const std::uint32_t row : held[b]) branches[row] = b;
    }
  }
`;

const key: Record<string, string> = {
  confidence: `      keys[i] = *std::max_element(score, score + branching());`,
  margin: `      // How much is lost by coming second.
      const float best = *std::max_element(score, score + branching());
      float second = -std::numeric_limits<float>::infinity();
      bool passed = false;
      for (std::uint32_t b = 0; b < branching(); ++b) {
        if (score[b] == best && !passed) passed = true;
        else second = std::max(second, score[b]);
      }
      keys[i] = best - second;`,
};

const about: Record<string, string> = {
  confidence: 'those who are surest of their best branch first',
  margin: 'those who lose most by their second best branch first',
  input: 'in the order of the rows',
};

/** How the members of one node are given their branches. */
export function assign(choices: Choices): {
  readonly text: string;
  readonly helpers: string;
  readonly std: readonly string[];
} {
  const { order } = choices;
  const priced = choices.prices === 'balancing';
  const swapped = choices.swaps !== '0';
  const sorted = order !== 'input';
  const text = lines(
    `
  // Gives each member of one node the best branch that has room, ${about[order!]}.
  // Every branch gets a K-th of them, rounded down, and as many as are left over one more.
  void assign(const std::vector<std::uint32_t>& members, std::span<${priced ? '' : 'const '}float> scores, std::span<std::uint32_t> branches) const {`,
    priced && '    price(members, scores);',
    sorted
      ? `    std::vector<float> keys(members.size());
    std::vector<std::uint32_t> order(members.size());
    for (std::uint32_t i = 0; i < members.size(); ++i) {
      const float* const score = scores.data() + std::size_t{members[i]} * branching();
${key[order!]}
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return keys[a] > keys[b]; });`
      : false,
    `    const auto room = static_cast<std::uint32_t>(members.size() / branching());
    auto spare = static_cast<std::uint32_t>(members.size() % branching());
    std::vector<std::uint32_t> held(branching());`,
    sorted
      ? `    for (const std::uint32_t i : order) {\n      const std::uint32_t row = members[i];`
      : '    for (const std::uint32_t row : members) {',
    `      const float* const score = scores.data() + std::size_t{row} * branching();
      std::uint32_t best = branching();
      for (std::uint32_t b = 0; b < branching(); ++b) {
        if (held[b] < room + (spare > 0) && (best == branching() || score[b] > score[best])) best = b;
      }
      if (held[best]++ == room) --spare;
      branches[row] = best;
    }`,
    swapped && '    swap(members, scores, branches);',
    '  }',
  );
  return {
    text,
    helpers: `${priced ? prices : ''}${swapped ? swaps(choices.swaps!) : ''}`,
    std: [...(priced ? ['cmath'] : []), ...(order === 'margin' ? ['limits'] : []), ...(swapped ? ['utility'] : [])],
  };
}
