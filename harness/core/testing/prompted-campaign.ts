import type { Attempt, CampaignState, Champion, Group, Promotion } from '../campaign-state.ts';
import type { Candidate } from '../candidate.ts';
import { emptyLedger } from '../exchange.ts';
import { type Interval, type Outcome, outcomeKinds, type Scored } from '../outcome.ts';
import { makePrompt, type PoolLogits, type Prompt } from '../prompt.ts';
import { type CampaignSpec, parseSpec } from '../spec.ts';
import { perSlot as perSlotOf, type Slot } from '../target.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type Entries = Pick<Prompt, 'parent' | 'exemplars' | 'strategies'>;

/** A scored outcome that says its speed-up over the champion and how well that is known, and nothing else of interest. */
export function scoredAs(speedup: number, error = 0.01): Scored {
  const cost = { buildSeconds: 1, prepareSeconds: 1, indexBytes: 1 };
  const interval = { value: speedup, low: speedup * Math.exp(-error), high: speedup * Math.exp(error) };
  return { kind: 'scored', verdict: 'slower', area: 1, curve: [], speedup: interval, rounds: 8, cost };
}

/**
 * The state of a campaign in one slot whose groups are drawn from prompts, built group by group without a journal: for tests, and
 * for simulations that cannot afford to fold one anew after every group. Nothing is checked.
 */
export class PromptedCampaign {
  readonly slot: Slot = 'search';
  readonly #state: Mutable<CampaignState>;
  readonly #groups: Mutable<Group>[] = [];
  readonly #attempts: Attempt[] = [];
  readonly #promotions: Promotion[] = [];
  #candidates = 0;

  constructor(spec: Partial<CampaignSpec> = {}) {
    const seeds = perSlot((slot) => candidate(`${slot}-seed`, slot, []));
    this.#state = {
      spec: parseSpec({ name: 'simulated', ...spec }),
      fingerprint: {
        cpu: 'simulated',
        cores: 1,
        caches: '',
        governor: '',
        kernel: '',
        compiler: '',
        compilerFlags: [],
        dataset: '',
        evaluator: '',
        harnessVersion: '',
      },
      seeds,
      seedOutcome: null,
      champions: perSlot((slot) => ({ candidate: seeds[slot], championSpeedup: exactly(1) })),
      policies: perSlot(() => null),
      pools: perSlot(() => ({})),
      digests: perSlot(() => null),
      models: [],
      exchanges: new Map(),
      ledger: emptyLedger,
      candidates: new Map(),
      groups: this.#groups,
      openGroup: null,
      attempts: this.#attempts,
      promotions: this.#promotions,
      evaluationSeconds: 0,
      outcomeCounts: Object.fromEntries(outcomeKinds.map((kind) => [kind, 0])) as CampaignState['outcomeCounts'],
      elapsedSeconds: 0,
      lastSentinelSeconds: 0,
      sentinels: [],
      final: null,
      stopReason: null,
      stopDetail: null,
    };
  }

  get state(): CampaignState {
    return this.#state;
  }

  get seed(): Candidate {
    return this.#state.seeds[this.slot];
  }

  get champion(): Champion {
    return this.#state.champions[this.slot];
  }

  /** A first answer's candidate, or with `turn` a repair of the parent. */
  candidate(parent: string, turn = 1): Candidate {
    this.#candidates += 1;
    return candidate(`${this.slot}-${this.#candidates}`, this.slot, [parent], turn);
  }

  /** Begins a group. */
  open(entries: Entries, arm: Group['arm'] = 'main'): this {
    const { slot, seed } = this;
    const champions = { ...perSlot(() => seed.id), [slot]: this.champion.candidate.id };
    const fields = {
      group: this.#groups.length + 1,
      slot,
      champions,
      arm,
      size: 6,
      candidates: [],
      refusals: new Map(),
    };
    const prompt = makePrompt({ messages: [], ...entries });
    this.#groups.push({ ...fields, prompt, attempts: [], promotions: [], finished: null });
    return this;
  }

  /** An attempt in the group under way. */
  attempt(candidate: Candidate, outcome: Outcome, reward: number): this {
    const group = this.#group;
    const attempt: Attempt = {
      number: this.#attempts.length + 1,
      group: group.group,
      slot: this.slot,
      candidate,
      outcome,
      reward,
      seconds: {},
      elapsedSeconds: 0,
      championSpeedup: this.champion.championSpeedup,
    };
    this.#attempts.push(attempt);
    group.attempts = [...group.attempts, attempt];
    return this;
  }

  /** Makes a candidate of the group under way the champion, at a ratio to the present one. */
  promote(candidate: Candidate, ratio: number): this {
    const championSpeedup = exactly(this.champion.championSpeedup.value * ratio);
    this.#promotions.push({
      group: this.#group.group,
      slot: this.slot,
      candidate,
      outcome: scoredAs(ratio),
      heldOut: [],
      promoted: true,
      afterAttempt: this.#attempts.length,
      combinedSpeedup: championSpeedup,
      elapsedSeconds: 0,
    });
    this.#state.champions = { ...this.#state.champions, [this.slot]: { candidate, championSpeedup } };
    return this;
  }

  /** Ends the group under way, with the pool as learned from it. */
  finish(pool: PoolLogits = this.#state.pools[this.slot]): this {
    const { group } = this.#group;
    this.#group.finished = { type: 'group-finished', group, slot: this.slot, advantages: {}, pool, elapsedSeconds: 0 };
    this.#state.pools = { ...this.#state.pools, [this.slot]: pool };
    return this;
  }

  get #group(): Mutable<Group> {
    return this.#groups.at(-1)!;
  }
}

function candidate(id: string, slot: Slot, parents: readonly string[], turn?: number): Candidate {
  const origin =
    turn === undefined
      ? ({ proposer: 'seed' } as const)
      : ({ proposer: 'llm', model: 'simulated', request: id, prompt: '', turn } as const);
  return { id, slot, source: id, parents, origin };
}

function exactly(value: number): Interval {
  return { value, low: value, high: value };
}

const perSlot = <T>(make: (slot: Slot) => T) => perSlotOf('graph', make);
