import type { Choices, Decision } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { comment, lines } from '../part.ts';

const adaptive = ({ rule }: Choices): boolean => rule !== 'count';
const weighs = (choices: Choices): boolean => adaptive(choices) && choices.evidence === 'distance';

/** What a stop rule can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'order', options: ['probability', 'a-vector'] },
  { name: 'rule', options: ['mass', 'gain', 'count'] },
  { name: 'evidence', options: ['none', 'distance'], when: adaptive },
  { name: 'gap', options: ['0.5', '1', '2'], when: weighs },
  { name: 'temperature', options: ['1', '0.8', '1.25'] },
];

/** Stops once the clusters that were fetched have enough of the probability between them. */
export const seedChoices: Choices = { order: 'probability', rule: 'mass', evidence: 'none', temperature: '1' };

/** The header of the stop rule that these choices describe. */
export function emit(choices: Choices): string {
  const { rule, temperature } = choices;
  const gains = rule === 'gain';
  const tempered = temperature !== '1';
  const math = adaptive(choices) || tempered;
  return lines(
    summary(choices),
    `#pragma once

#include <algorithm>`,
    math && '#include <cmath>',
    `#include <cstdint>
#include <span>

#include <annvil/cluster-routing/stop-rule.hpp>

namespace candidate {

class StopRule {
 public:`,
    gains
      ? `  explicit StopRule(std::span<const std::uint32_t> sizes) : mean_(0) {
    for (const std::uint32_t size : sizes) mean_ += static_cast<double>(size) / static_cast<double>(sizes.size());
  }`
      : '  explicit StopRule(std::span<const std::uint32_t>) {}',
    `
  void order(std::span<annvil::Chance> chances) const {`,
    tempered && temper(temperature!),
    `    std::sort(chances.begin(), chances.end(), [](const annvil::Chance& a, const annvil::Chance& b) {
      const double left = worth(a), right = worth(b);
      return left > right || (left == right && a.cluster < b.cluster);
    });
  }

  bool stop(const annvil::Fetched& fetched, std::uint32_t effort) const {`,
    ...decision(choices),
    `  }

 private:
  static double worth(const annvil::Chance& chance) { return ${
    choices.order === 'a-vector' ? 'double{chance.probability} / std::max(chance.vectors, 1u)' : 'chance.probability'
  }; }`,
    adaptive(choices) &&
      `
  // Of the chance that is left, what an effort still goes after: a twentieth of a decade less each.
  static double least(std::uint32_t effort) { return std::pow(10.0, -0.05 * effort); }`,
    weighs(choices) && posterior(choices.gap!),
    gains && '\n  double mean_;  // vectors in a cluster',
    `};

}  // namespace candidate
`,
  );
}

function decision(choices: Choices): string[] {
  if (!adaptive(choices)) return ['    return fetched.clusters >= effort;'];
  const left = weighs(choices) ? 'left(fetched)' : 'std::max(1e-9, 1.0 - fetched.probability)';
  if (choices.rule === 'mass') return [`    return ${left} < least(effort);`];
  const next = 'const annvil::Chance& next = fetched.order[fetched.clusters];';
  const gain = weighs(choices)
    ? 'left(fetched) * next.probability / std::max(1e-9, 1.0 - fetched.probability)'
    : 'double{next.probability}';
  return [
    `    ${next}`,
    `    const double gain = ${gain};`,
    '    return gain * mean_ / std::max(next.vectors, 1u) < least(effort);',
  ];
}

function temper(temperature: string): string {
  return `    // Probabilities of another temperature: a network that has seen its queries often is too sure, one under noise not enough.
    double sum = 0;
    for (annvil::Chance& chance : chances) sum += chance.probability = std::pow(chance.probability, 1 / ${temperature}f);
    for (annvil::Chance& chance : chances) chance.probability = static_cast<float>(chance.probability / sum);`;
}

/** Bayes' rule over "found" against "still to come", given how near the best is to what was expected. */
function posterior(gap: string): string {
  return `
  // The chance that the nearest neighbour is still to come, given the best so far. Its log-distance is normal by the predictor.
  // Where it was found, the best is it; else the best is a further vector, behind it by a gap that is exponential (mean: 1 / rate
  // deviations).
  static double left(const annvil::Fetched& fetched) {
    constexpr double rate = ${gap};
    const double deviation = std::max(1e-3f, fetched.deviation_log_squared);
    const double best = std::log(std::max(1e-6f, fetched.best_squared));
    const double z = std::clamp((best - fetched.expected_log_squared) / deviation, -4.0, 4.0);
    const double found = fetched.probability * std::exp(-0.5 * z * z) / 2.5066282746;
    const double behind = rate * std::exp(0.5 * rate * rate - rate * z) * 0.5 * std::erfc((rate - z) / 1.4142135624);
    const double to_come = std::max(1e-9, 1.0 - fetched.probability) * behind;
    return to_come / (to_come + found);
  }`;
}

function summary({ order, rule, evidence, gap, temperature }: Choices): string {
  const rules: Record<string, string> = {
    count: 'as many clusters as the effort says, for every query alike.',
    mass: 'until the chance that the nearest neighbour is still to come falls below what the effort says.',
    gain: 'until the next cluster promises less for each of its vectors than the effort says.',
  };
  return comment([
    `Slot \`stop-rule\`: fetches the clusters by ${order === 'a-vector' ? 'probability a vector' : 'probability'}, ${rules[rule!]}`,
    ...(evidence === 'distance'
      ? [
          `The chance is Bayes' posterior, given the best distance so far and the one expected (gaps at a rate of ${gap}).`,
        ]
      : []),
    ...(temperature === '1' ? [] : [`Probabilities are taken at a temperature of ${temperature}.`]),
  ]);
}

/** What the grammar proposer knows of the slot `stop-rule`. */
export const stopRuleGrammar: Grammar = { space, seedChoices, emit };
