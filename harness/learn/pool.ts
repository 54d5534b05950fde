import { median } from '../../rewards/median.ts';
import type { PoolLogits } from '../core/prompt.ts';
import type { AdvantageMethod } from '../core/spec.ts';
import { groupAdvantages } from './advantages.ts';
import type { PromptEvidence } from './pool-evidence.ts';

export interface PoolSettings {
  /** Logits that an entry moves per unit of advantage and of draw beyond chance. */
  readonly rate: number;
  readonly method: AdvantageMethod;
  readonly clipSigmas?: number;
  /** Prompts that one is compared with, itself included. */
  readonly window?: number;
  /** Share of every logit that is forgotten at an update: what paid once may be used up. */
  readonly decay?: number;
  /** No logit leaves [-limit, limit]: e^(2 limit) is the most by which one entry can be likelier than another. */
  readonly limit?: number;
}

/** Chosen on the tuning seeds of bench/landscape.ts. */
export const poolDefaults = { window: 8, decay: 0.02, limit: 3 } as const;

/**
 * What counts as one unit of a method's advantages, so that one rate serves all: without the std they are in nats, and a tenth of a
 * nat is what the best answers to two prompts typically differ by.
 */
const units: Readonly<Record<AdvantageMethod, number>> = { grpo: 1, 'dr-grpo': 0.1, 'leave-one-out': 0.1, entropic: 1 };

/**
 * A slot's logits after its newest prompt, the last of `evidence`: l + rate A (drawn - chance), less the decay.
 * A is the prompt's advantage among the latest prompts (`window`). A prompt is one sample here, as a completion is one within its
 * group; prompts of other times stand in for the ones that were not drawn. Where there is no other prompt yet nothing moves.
 */
export function updatePool(
  logits: PoolLogits,
  evidence: readonly PromptEvidence[],
  settings: PoolSettings,
): PoolLogits {
  const newest = evidence.at(-1);
  if (!newest) return logits;
  const { rate, decay = poolDefaults.decay, limit = poolDefaults.limit } = settings;
  const step = rate * (promptAdvantage(evidence, settings) / units[settings.method]);
  const eligibility = newest.eligibility();
  const entries = new Set([...Object.keys(logits), ...Object.keys(eligibility)]);
  const updated = [...entries].map((entry) => {
    const moved = (1 - decay) * (logits[entry] ?? 0) + step * (eligibility[entry] ?? 0);
    return [entry, Math.max(-limit, Math.min(limit, moved))] as const;
  });
  // An absent logit stands at 0: what is next to nothing need not be journalled.
  return Object.fromEntries(updated.filter(([, logit]) => Math.abs(logit) > negligible));
}

const negligible = 1e-4;

/** Advantage of the last prompt of `evidence` among the latest. */
export function promptAdvantage(
  evidence: readonly PromptEvidence[],
  { method, clipSigmas, window = poolDefaults.window }: Pick<PoolSettings, 'method' | 'clipSigmas' | 'window'>,
): number {
  const latest = evidence.slice(-window);
  if (latest.length === 0) return 0;
  const noise = median(latest.map((prompt) => prompt.noise));
  const advantages = groupAdvantages(
    latest.map(({ value }) => value),
    { method, noise, ...(clipSigmas !== undefined && { clipSigmas }) },
  );
  return advantages.at(-1)!;
}
