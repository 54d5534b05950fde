import type { Candidate } from '../core/candidate.ts';
import { UsageError } from '../core/errors.ts';
import type { EvaluationOptions, Evaluator, HeldOutGate, Index } from '../core/evaluation.ts';
import type { HeldOutResult, Outcome } from '../core/outcome.ts';
import { type CampaignSpec, parseSpec } from '../core/spec.ts';
import { isLearned } from '../core/target.ts';
import { ChampionShort } from './evaluator.ts';

/** Something the campaign does not train on: its own specification with another dataset or another k. */
export interface HeldOutCondition {
  readonly name: string;
  readonly spec: CampaignSpec;
}

const otherDatasets = ['fashion-mnist-784-euclidean', 'mnist-784-euclidean'] as const;

/**
 * The conditions that a specification asks for; by default one dataset and one k that are not the campaign's own.
 * @throws UsageError for a condition that is the campaign's own, or that no specification can be made of
 */
export function heldOutConditions(spec: CampaignSpec): HeldOutCondition[] {
  // A learned target is examined on queries of its own, and on nothing else for now.
  if (isLearned(spec.target)) return [];
  const standard = [otherDatasets.find((name) => name !== spec.dataset)!, `k=${spec.k === 100 ? 10 : 100}`];
  const wanted = (spec.heldOut ?? standard).filter((name) => name !== 'none');
  return wanted.map((name) => {
    const k = /^k=(\d+)$/.exec(name)?.[1];
    // Queries and metric belong to the dataset that the campaign names.
    const { queries: _, metric: __, ...rest } = spec;
    const changed = k ? { ...spec, k: Number(k) } : { ...rest, dataset: name };
    if (changed.k === spec.k && changed.dataset === spec.dataset) {
      throw new UsageError(`held-out condition "${name}" is what the campaign trains on; name another k or dataset`);
    }
    return { name, spec: parseSpec(changed) };
  });
}

/** A loss smaller than this is not looked for: settling a difference of nothing would take every round. */
const tolerated = 0.01;

type OpenCondition = (condition: HeldOutCondition) => Promise<{ evaluator: Evaluator; close: () => Promise<void> }>;

/** Opens an evaluator a condition when it is first needed: a campaign that promotes nothing pays for none. */
export class HeldOutEvaluators implements HeldOutGate {
  readonly #conditions: readonly HeldOutCondition[];
  readonly #open: OpenCondition;
  readonly #opened = new Map<HeldOutCondition, ReturnType<OpenCondition>>();

  constructor(conditions: readonly HeldOutCondition[], open: OpenCondition) {
    this.#conditions = conditions;
    this.#open = open;
  }

  async measure(
    challenger: Index,
    champion: Index,
    changed: Candidate | undefined,
    options: Pick<EvaluationOptions, 'queries' | 'precision'>,
  ): Promise<HeldOutResult[]> {
    const results: HeldOutResult[] = [];
    for (const condition of this.#conditions) {
      const { evaluator } = await this.#evaluatorOf(condition);
      try {
        const asked = { ...options, requiredGain: -tolerated };
        const { outcome } = await evaluator.compare(challenger, champion, changed, asked);
        results.push({ condition: condition.name, outcome, lost: isLost(outcome) });
      } catch (error) {
        if (!(error instanceof ChampionShort)) throw error;
        results.push({ condition: condition.name, outcome: null, lost: false });
      }
    }
    return results;
  }

  #evaluatorOf(condition: HeldOutCondition): ReturnType<OpenCondition> {
    const opened = this.#opened.get(condition) ?? this.#open(condition);
    this.#opened.set(condition, opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const opened of this.#opened.values()) await (await opened).close();
  }
}

function isLost(outcome: Outcome): boolean {
  return outcome.kind !== 'scored' || outcome.speedup.high < 1;
}
