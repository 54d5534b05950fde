import { HarnessError } from '../core/errors.ts';

/**
 * How a group's rewards become advantages. All are relative to the group, so that the policy learns what beats its fellows,
 * and all have mean zero.
 *
 * - `grpo`: (r - mean) / population std (DeepSeekMath, arXiv 2402.03300, section 4.1.2).
 * - `dr-grpo`: r - mean; without the std, groups that differ little do not weigh as much as those that differ much
 *   (Dr. GRPO, arXiv 2503.20783, section 3).
 * - `leave-one-out`: r_i - mean of the others (RLOO, arXiv 2402.14740), which is dr-grpo times G / (G - 1).
 * - `entropic`: G softmax(beta r) - 1, seeking the maximum rather than the mean; beta is what puts the softmax ln 2 nats from
 *   uniform (TTT-Discover, arXiv 2601.16175, section 3.2). The paper's code divides by the mean of the others' weights, which is
 *   unbounded where one reward dwarfs the rest; the group's own mean is used here, so an advantage lies in [-1, G - 1].
 */
export const advantageMethods = ['grpo', 'dr-grpo', 'leave-one-out', 'entropic'] as const;
export type AdvantageMethod = (typeof advantageMethods)[number];

export interface AdvantageSettings {
  readonly method?: AdvantageMethod;
  /**
   * Half-width of a reward's 95 % interval. Rewards that differ by at most twice that all share a value, and get zero: for six
   * equal candidates the 95 % point of (max - min) / standard error is 4.03 (Tukey's studentised range), nearly 2 x 1.96.
   */
  readonly noise?: number;
  /** Rewards beyond this many standard deviations of the group are pulled in first (CUDA-L1, arXiv 2507.14111, uses 1.5). */
  readonly clipSigmas?: number;
}

/**
 * Advantages of one group, [G] from [G].
 * @throws HarnessError for a reward that is not finite: an outage of ours must not become a lesson
 */
export function groupAdvantages(
  rewards: readonly number[],
  { method = 'grpo', noise = 0, clipSigmas = Number.POSITIVE_INFINITY }: AdvantageSettings = {},
): number[] {
  const broken = rewards.find((reward) => !Number.isFinite(reward));
  if (broken !== undefined) throw new HarnessError(`a reward is ${broken}; only finite rewards enter a group`);
  // Below 1e-12 a spread is rounding of equal rewards, which the std would blow up to unit size.
  const spread = Math.max(...rewards) - Math.min(...rewards);
  if (rewards.length < 2 || spread <= Math.max(2 * noise, 1e-12)) return rewards.map(() => 0);
  return methods[method](clipped(rewards, clipSigmas));
}

const methods: Record<AdvantageMethod, (rewards: readonly number[]) => number[]> = {
  grpo: (rewards) => {
    const { mean, deviation } = moments(rewards);
    return rewards.map((reward) => (reward - mean) / deviation);
  },
  'dr-grpo': (rewards) => {
    const { mean } = moments(rewards);
    return rewards.map((reward) => reward - mean);
  },
  'leave-one-out': (rewards) => {
    const { mean } = moments(rewards);
    return rewards.map((reward) => ((reward - mean) * rewards.length) / (rewards.length - 1));
  },
  entropic: (rewards) => tilted(rewards, sharpness(rewards)).map((weight) => rewards.length * weight - 1),
};

/** Mean and population standard deviation. */
function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

function clipped(rewards: readonly number[], sigmas: number): readonly number[] {
  if (sigmas === Number.POSITIVE_INFINITY) return rewards;
  const { mean, deviation } = moments(rewards);
  return rewards.map((reward) => Math.max(mean - sigmas * deviation, Math.min(mean + sigmas * deviation, reward)));
}

/** softmax(beta (r - max)) over the group's rewards. */
function tilted(rewards: readonly number[], beta: number): number[] {
  const top = Math.max(...rewards);
  const weights = rewards.map((reward) => Math.exp(beta * (reward - top)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * The beta with KL(softmax(beta r) || uniform) = ln 2, by bisection in units of 1 / spread. Where half the group or more shares
 * the best reward no beta gets there, and the greatest one tried, in effect an arg max, is taken.
 */
function sharpness(rewards: readonly number[]): number {
  const spread = Math.max(...rewards) - Math.min(...rewards);
  let low = 0;
  let high = 1e6 / spread;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (divergenceFromUniform(tilted(rewards, middle)) < Math.LN2) low = middle;
    else high = middle;
  }
  return high;
}

function divergenceFromUniform(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + (weight > 0 ? weight * Math.log(weight * weights.length) : 0), 0);
}
