import { type Candidate, makeCandidate } from '../core/candidate.ts';
import type { Evaluation, EvaluationOptions, Evaluator, Index } from '../core/evaluation.ts';
import type { CountedPoint } from '../core/outcome.ts';
import type { Choices } from '../core/policy.ts';
import type { Grammar } from '../core/proposer.ts';
import { perSlot } from '../core/target.ts';

/** A learned target made up for tests: grammars, seeds, and an evaluator that plants what each choice is worth. Nothing is trained. */

/** Of the slot `router` every option is worth something: what it saves, as a share of the cost. */
const savings: Readonly<Record<string, number>> = { mlp: 0, linear: -0.1, wide: 0.08, soft: 0.05, hard: 0 };

export const fakeGrammar: Grammar = {
  space: [
    { name: 'net', options: ['mlp', 'linear', 'wide', 'huge'] },
    { name: 'labels', options: ['hard', 'soft', 'lopsided'] },
  ],
  seedChoices: { net: 'mlp', labels: 'hard' },
  emit: (choices: Choices) => JSON.stringify(choices),
};

export const fakeGrammars = perSlot('neural-lsh', () => fakeGrammar);

export const fakeSeeds: Index = perSlot('neural-lsh', (slot) =>
  makeCandidate({ slot, source: fakeGrammar.emit(fakeGrammar.seedChoices), parents: [], origin: { proposer: 'seed' } }),
);

/** Reward of an index, in nats below k-means: what its router's choices save. */
function rewardOf(index: Index): number {
  const { net, labels } = JSON.parse(index.router.source) as Record<string, string>;
  return 0.1 + (savings[net!] ?? 0) + (savings[labels!] ?? 0);
}

export function fakeCurve(reward: number): CountedPoint[] {
  const kMeans = [1383, 3000, 6700, 14_400];
  return kMeans.map((cost, at) => ({
    effort: 2 ** at,
    recall: [0.62, 0.8, 0.91, 0.97][at]!,
    cost: cost * Math.exp(-reward),
  }));
}

/** Has neither `vet` nor `countDistances`, as counted targets have not. */
export class FakeLearnedEvaluator implements Evaluator {
  readonly asked: string[] = [];

  async prepare(): Promise<void> {}

  async compare(
    challenger: Index,
    champion: Index,
    changed: Candidate | undefined,
    { queries, onStage }: EvaluationOptions,
  ): Promise<Evaluation> {
    this.asked.push(`${queries} ${changed?.id ?? 'indexes'}`);
    for (const stage of ['check', 'compile', 'train', 'examine'] as const) onStage?.(stage);
    const seconds = { check: 0.01, compile: 9, train: 30, examine: 2 };
    const { net, labels } = JSON.parse(changed?.source ?? '{}') as Record<string, string>;
    if (net === 'huge')
      return {
        outcome: { kind: 'over-limit', stage: 'examine', resource: 'model-bytes', limit: 2 ** 20, used: 3 * 2 ** 20 },
        seconds,
      };
    if (labels === 'lopsided')
      return {
        outcome: { kind: 'low-recall', best: 0.6, required: 0.95, curve: fakeCurve(0).slice(0, 1) },
        seconds,
      };
    const gain = rewardOf(challenger) - rewardOf(champion);
    const low = Math.exp(gain - 0.004);
    return {
      outcome: {
        kind: 'scored',
        verdict: low > 1.01 ? 'accepted' : gain < 0 ? 'slower' : 'no-gain',
        area: Math.exp(rewardOf(challenger)),
        curve: fakeCurve(rewardOf(challenger)),
        speedup: { value: Math.exp(gain), low, high: Math.exp(gain + 0.004) },
        rounds: 3,
        cost: { trainSeconds: 31.5, modelBytes: 420_000, multiplyAdds: 105_000, largestBin: 1.21 },
      },
      champion: { area: Math.exp(rewardOf(champion)), curve: fakeCurve(rewardOf(champion)) },
      seconds,
    };
  }
}
