import { requireSameMachine } from './assemble.ts';
import type { CampaignState, Champion } from './core/campaign-state.ts';
import type { Candidate } from './core/candidate.ts';
import { HarnessError } from './core/errors.ts';
import type { EvaluationOptions, Evaluator, Index } from './core/evaluation.ts';
import { fingerprintHash } from './core/machine.ts';
import type { IndexCost, Outcome } from './core/outcome.ts';
import type { ProgressView } from './core/progress.ts';
import type { CampaignSpec } from './core/spec.ts';
import { type PerSlot, perSlot, slotsOf, type Target } from './core/target.ts';
import type { TrainerChoice } from './evaluate/learned/trainer.ts';
import { groupAdvantages } from './learn/advantages.ts';
import { advantageSettings } from './learn/learner.ts';
import { readAnswer } from './propose/prompt/answer.ts';
import { type Conditions, makeConditions } from './reward-server/conditions.ts';
import { ResultStore } from './reward-server/result-store.ts';
import type { Scorer, ScoringParts } from './reward-server/score-group.ts';
import { outcomeHash } from './reward-server/score-request.ts';
import { seedCandidates } from './seeds.ts';
import { makeWorkplace } from './workplace.ts';

export interface RewardBenchOptions {
  readonly spec: CampaignSpec;
  /** Whose champions to measure beside, and whose candidates a request may name; without one, the seeds. */
  readonly campaign?: CampaignState;
  readonly cacheDir: string;
  /** Where results are kept. */
  readonly storeDir: string;
  readonly progress: ProgressView;
  readonly trainer?: TrainerChoice | undefined;
  readonly signal?: AbortSignal;
}

type Opened = { readonly evaluator: Evaluator; readonly close: () => Promise<void> };

/**
 * Everything a reward server scores with, made ready: dataset, ground truth, referee, and the seed's own cost, which the caps on
 * build time and index size are relative to.
 */
export async function openRewardBench(
  options: RewardBenchOptions,
): Promise<{ readonly parts: ScoringParts; readonly close: () => Promise<void> }> {
  const { spec, campaign, cacheDir, storeDir, progress, signal } = options;
  const store = await ResultStore.open(storeDir);
  const { fingerprint, open } = await makeWorkplace(spec, { cacheDir, progress, signal, trainer: options.trainer });
  // A champion's gain over the seed is part of every reward, and was measured under the campaign's conditions.
  if (campaign) requireSameMachine(campaign.fingerprint, fingerprint);
  const seeds = campaign?.seeds ?? (await seedCandidates(spec.target));
  const champions = campaign?.champions ?? seedChampions(spec.target, seeds);
  const championIndex = perSlot(spec.target, (slot) => champions[slot].candidate);
  const known = [...Object.values(seeds), ...(campaign?.candidates.values() ?? [])];
  const candidates = new Map(known.map((candidate) => [candidate.id, candidate]));
  const conditions = makeConditions(spec, { champions, candidates, fingerprint: fingerprintHash(fingerprint) });
  let seedCost: IndexCost | undefined = campaign?.seedOutcome?.cost;
  const scorer = new EvaluatorScorer(championIndex, () => open({ seedCost: () => seedCost }));
  try {
    seedCost ??= await costOfSeed(seeds, { conditions, store, scorer, progress });
  } catch (error) {
    await scorer.close();
    throw error;
  }
  return {
    parts: {
      conditions,
      scorer,
      store,
      // Answers are read as a campaign reads a model's.
      readHeader: (text, context) => readAnswer(text, { ...context, form: spec.answerForm }),
      advantages: (rewards, outcomes) => groupAdvantages(rewards, advantageSettings(spec, outcomes)),
    },
    close: () => scorer.close(),
  };
}

function seedChampions(target: Target, seeds: Index): PerSlot<Champion> {
  return perSlot(target, (slot) => ({ candidate: seeds[slot], championSpeedup: { value: 1, low: 1, high: 1 } }));
}

/** Measured once and kept. @throws HarnessError where the seed does not pass its own evaluation */
async function costOfSeed(
  seeds: Index,
  parts: {
    readonly conditions: Conditions;
    readonly store: ResultStore;
    readonly scorer: EvaluatorScorer;
    readonly progress: ProgressView;
  },
): Promise<IndexCost> {
  const { conditions, store, scorer, progress } = parts;
  const hash = outcomeHash(
    slotsOf(conditions.measuring.target)
      .map((slot) => seeds[slot].id)
      .join(' '),
    conditions,
  );
  const kept = await store.get<IndexCost>('seeds', hash);
  if (kept) return kept;
  progress.event({ type: 'step', message: 'measuring the seed beside itself (A/A)' });
  // Only its cost is wanted: a gain of all and more is soon decided.
  const outcome = await scorer.compare(seeds, seeds, undefined, { requiredGain: 1 });
  if (outcome.kind !== 'scored')
    throw new HarnessError(`the seed index does not pass its own evaluation: ${JSON.stringify(outcome)}`);
  await store.put('seeds', hash, outcome.cost);
  return outcome.cost;
}

/** Measures beside the champions. After a failure of the harness the evaluator is opened anew: its referee may be gone. */
class EvaluatorScorer implements Scorer {
  readonly #champions: Index;
  readonly #open: () => Promise<Opened>;
  #opened: Promise<Opened> | undefined;

  constructor(champions: Index, open: () => Promise<Opened>) {
    this.#champions = champions;
    this.#open = open;
  }

  async prepare(candidates: readonly Candidate[]): Promise<void> {
    const { evaluator } = await this.#evaluator();
    await evaluator.prepare(candidates.map((changed) => ({ challenger: this.#with(changed), changed })));
  }

  measure(candidate: Candidate): Promise<Outcome> {
    return this.compare(this.#with(candidate), this.#champions, candidate);
  }

  async compare(
    challenger: Index,
    champion: Index,
    changed: Candidate | undefined,
    options: Pick<EvaluationOptions, 'requiredGain'> = {},
  ): Promise<Outcome> {
    const { evaluator } = await this.#evaluator();
    try {
      return (await evaluator.compare(challenger, champion, changed, { queries: 'search', ...options })).outcome;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    // What cannot be closed any more, or never was opened, need not be.
    await opened?.then(({ close }) => close()).catch(() => undefined);
  }

  #evaluator(): Promise<Opened> {
    this.#opened ??= this.#open().catch((error) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  #with(candidate: Candidate): Index {
    return { ...this.#champions, [candidate.slot]: candidate };
  }
}
