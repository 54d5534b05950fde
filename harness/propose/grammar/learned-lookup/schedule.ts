import type { Choices } from '../../../core/policy.ts';

/** The member function `learning_rate`: constant, or falling by a cosine over the last part; 0 from `ends` on. */
export function rate(choices: Choices, ends?: string): string {
  const start = choices['learning-rate']!;
  const decay = choices.decay ?? 'none';
  if (ends) return `  double learning_rate(double progress) const { return progress < ${ends} ? ${start} : 0; }`;
  if (decay === 'none') return `  double learning_rate(double) const { return ${start}; }`;
  const from = { tail: 0.7, half: 0.5, all: 0 }[decay]!;
  return `  // Constant, then down to a fiftieth along half a cosine.
  double learning_rate(double progress) const {
    const double share = std::max(0.0, (progress - ${from}) / ${1 - from === 1 ? '1.0' : Number((1 - from).toFixed(1))});
    return ${start} * std::max(0.02, (1 + std::cos(3.14159265 * share)) / 2);
  }`;
}
