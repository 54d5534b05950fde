import { HarnessError } from '../core/errors.ts';
import type { Choices, Decision, Logits } from '../core/policy.ts';

/** One completion of a group: the option taken at each decision that arose, and how it did beside its fellows. */
export interface PolicySample {
  readonly choices: Choices;
  readonly advantage: number;
}

export interface PolicyUpdate {
  readonly space: readonly Decision[];
  /** The policy that drew the samples: the old policy of the ratio, and where the update starts. */
  readonly logits: Logits;
  /** The policy that KL pulls back to. */
  readonly reference: Logits;
  readonly samples: readonly PolicySample[];
  /**
   * Logits moved per unit of gradient, each epoch. The two means (over samples, over decisions) make gradients small: with
   * eight decisions and groups of six, simulated policies settle within some 20 groups at 2 to 4 with 4 epochs, and take
   * several times as many at 0.4.
   */
  readonly learningRate: number;
  /** Epsilon of the clipped ratio. */
  readonly clip: number;
  /** Beta, the weight of the KL. */
  readonly klWeight: number;
  /** Passes over the group; from the second on the ratio leaves 1 and clipping can act. */
  readonly epochs: number;
}

/**
 * GRPO's update (DeepSeekMath, arXiv 2402.03300, section 4.1, equation 3) of a categorical policy, by plain gradient ascent on
 *
 *   J = 1/G sum_i 1/|o_i| sum_t { min(rho A_i, clip(rho, 1 - eps, 1 + eps) A_i) - beta KL_t }
 *
 * A decision that arose is a token: t runs over the |o_i| decisions of sample i and rho is new over old probability of the
 * option taken there. Two differences from the paper: KL_t is the exact divergence of the decision's softmax from the
 * reference's, of which the paper's k3 term is a one-sample estimate (a softmax of a few options needs no estimate), and there
 * is no optimiser state, so that an update depends on nothing but what the journal holds.
 */
export function updatePolicy(update: PolicyUpdate): Logits {
  let logits = update.logits;
  for (let epoch = 0; epoch < update.epochs; epoch++) {
    const gradient = objectiveGradient(update, logits);
    logits = mapLogits(logits, (value, name, option) => value + update.learningRate * gradient[name]![option]!);
  }
  return logits;
}

/** J at `logits`. */
export function objective(update: PolicyUpdate, logits: Logits): number {
  const tokens = tokensOf(update);
  return tokens.reduce((sum, token) => {
    const { ratio, policy, reference } = at(token, update, logits);
    const bounded = Math.max(1 - update.clip, Math.min(1 + update.clip, ratio));
    const surrogate = Math.min(ratio * token.advantage, bounded * token.advantage);
    return sum + token.weight * (surrogate - update.klWeight * divergence(policy, reference));
  }, 0);
}

/** dJ / d logits, of the shape of `logits`. */
export function objectiveGradient(update: PolicyUpdate, logits: Logits): Logits {
  const gradient = Object.fromEntries(Object.entries(logits).map(([name, values]) => [name, values.map(() => 0)]));
  for (const token of tokensOf(update)) {
    const { ratio, policy, reference } = at(token, update, logits);
    // The minimum is flat where the ratio has already gone far enough the way its advantage points.
    const flat = token.advantage > 0 ? ratio > 1 + update.clip : ratio < 1 - update.clip;
    const pull = flat ? 0 : ratio * token.advantage;
    const distance = divergence(policy, reference);
    const target = gradient[token.name]!;
    for (const [option, logProbability] of policy.entries()) {
      const probability = Math.exp(logProbability);
      const surrogate = pull * ((option === token.option ? 1 : 0) - probability);
      const drift = probability * (logProbability - reference[option]! - distance);
      target[option]! += token.weight * (surrogate - update.klWeight * drift);
    }
  }
  return gradient;
}

/** A decision that a sample took; `weight` is 1/G 1/|o_i|. */
interface Token {
  readonly name: string;
  readonly option: number;
  readonly advantage: number;
  readonly weight: number;
}

function tokensOf({ space, samples }: PolicyUpdate): Token[] {
  return samples.flatMap(({ choices, advantage }) => {
    const taken = space.filter(({ name }) => choices[name] !== undefined);
    return taken.map(({ name, options }) => {
      const option = options.indexOf(choices[name]!);
      if (option < 0) throw new HarnessError(`decision ${name} has no option ${choices[name]}`);
      return { name, option, advantage, weight: 1 / samples.length / taken.length };
    });
  });
}

/** A token's ratio, and the log-probabilities of its decision's options under `logits` and under the reference. */
function at({ name, option }: Token, update: PolicyUpdate, logits: Logits) {
  const policy = logSoftmax(logits[name]!);
  return {
    policy,
    reference: logSoftmax(update.reference[name]!),
    ratio: Math.exp(policy[option]! - logSoftmax(update.logits[name]!)[option]!),
  };
}

/** Finite for any finite logits, where the log of a softmax underflows to minus infinity. */
function logSoftmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const total = top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
  return logits.map((logit) => logit - total);
}

/** KL(p || q), of log-probabilities. */
function divergence(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, logProbability, option) => sum + Math.exp(logProbability) * (logProbability - q[option]!), 0);
}

function mapLogits(logits: Logits, change: (value: number, name: string, option: number) => number): Logits {
  return Object.fromEntries(
    Object.entries(logits).map(([name, values]) => [name, values.map((value, option) => change(value, name, option))]),
  );
}
