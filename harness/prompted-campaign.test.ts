import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCampaign } from './campaign.ts';
import type { Campaign } from './campaign-parts.ts';
import type { CampaignState } from './core/campaign-state.ts';
import { type Candidate, makeCandidate, type Refusal } from './core/candidate.ts';
import type { Evaluator, Index } from './core/evaluation.ts';
import type { Outcome } from './core/outcome.ts';
import { makePrompt } from './core/prompt.ts';
import { type Drawing, type Proposed, type Proposer, ProposerStopped } from './core/proposer.ts';
import { parseSpec } from './core/spec.ts';
import { ofSlots } from './core/target.ts';
import { GroupLearner } from './learn/group-learner.ts';
import { grammarsOf } from './propose/grammar/grammars.ts';
import { GrammarProposer } from './propose/grammar/proposer.ts';
import { ReplayProposer } from './propose/replay/proposer.ts';
import { CampaignRecord } from './record/campaign-record.ts';
import { sampleScored, sampleSeeds } from './record/sample-campaign.ts';

const grammars = grammarsOf('graph');

const noStrategies = ofSlots('graph', { construction: [], search: [], refinement: [] });

function answer(text: string, parent: string, turn = 1): Candidate {
  const origin = { proposer: 'llm', model: 'm', request: 'request-1', prompt: 'prompt-1', turn } as const;
  return makeCandidate({ slot: 'search', source: text, parents: [parent], origin });
}

/** Answers what it is told to, one by one; `broken` ones are repaired, and `stop` ends the campaign. */
class ScriptedProposer implements Proposer {
  readonly repairs: string[] = [];
  readonly #script: readonly string[];

  constructor(script: readonly string[]) {
    this.#script = script;
  }

  async open({ slot, count, state }: Parameters<Proposer['open']>[0]) {
    if (state.attempts.length >= this.#script.length) return null;
    const parent = state.seeds[slot].id;
    const prompt = makePrompt({ messages: [{ role: 'user', content: 'x' }], parent, exemplars: [], strategies: [] });
    return { candidates: [], size: count, prompt };
  }

  async *draw({ group, state, signal }: Drawing): AsyncIterable<readonly Proposed[]> {
    const first = () =>
      state()
        .groups.at(-1)!
        .candidates.filter(({ origin }) => 'turn' in origin && origin.turn === 1);
    while (first().length < group.size && !signal.aborted) {
      const text = this.#script[[...state().candidates.values()].filter(isFirst).length];
      if (text === undefined) return;
      if (text === 'stop') throw new ProposerStopped('money-budget', '$5.00 of $5.00 are spent');
      const refusal: Refusal = { rule: 'answer-format', detail: 'the answer lacks ## Code' };
      const candidate = answer(text, group.prompt!.parent);
      yield [{ candidate, ...(text.startsWith('chatter') && { refusal }) }];
    }
  }

  async repair(_: Drawing, failed: Candidate): Promise<Proposed | null> {
    this.repairs.push(failed.source);
    return failed.source.startsWith('broken') ? { candidate: answer(`mended ${failed.source}`, failed.id, 2) } : null;
  }
}

function isFirst({ origin }: Candidate): boolean {
  return 'turn' in origin && origin.turn === 1;
}

/** `fast` gains a tenth, `broken` does not compile, the rest is as fast as the seed. */
class SimpleEvaluator implements Evaluator {
  readonly asked: string[] = [];

  async prepare(): Promise<void> {}

  async compare(_: Index, __: Index, changed: Candidate | undefined) {
    this.asked.push(changed?.source ?? 'indexes');
    const broken: Outcome = { kind: 'compile-error', diagnostics: 'error: expected }' };
    if (changed?.source.startsWith('broken')) return { outcome: broken };
    const gain = changed?.source.includes('fast') ? 1.1 : 1;
    const verdict = gain > 1 ? ('accepted' as const) : ('slower' as const);
    return { outcome: sampleScored(verdict, 1000 * gain, gain, gain * 0.999, gain * 1.001), seconds: { measure: 1 } };
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-prompted-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a campaign, or goes on with the one of that name under what `change` makes of its budgets. */
async function run(main: Proposer, change: object = {}, name = 'run', grammar?: Proposer) {
  const spec = parseSpec({ name, proposer: 'llm', slots: ['search'], groupSize: 3, maxEvaluations: 9, ...change });
  const start = { type: 'campaign-started', spec, fingerprint: {} as never, seeds: sampleSeeds } as const;
  const record = await CampaignRecord.open(join(folder, name), start);
  if (record.state.attempts.length > 0) await record.append({ type: 'campaign-extended', spec });
  const evaluator = new SimpleEvaluator();
  const campaign: Campaign = {
    record,
    proposers: { main, ...(grammar && { grammar }) },
    evaluator,
    heldOut: { measure: async () => [] },
    learner: new GroupLearner(grammars, noStrategies),
    progress: { event: () => {}, close: () => {} },
    elapsed: () => 1,
    signal: new AbortController().signal,
  };
  const reason = await runCampaign(campaign);
  await record.close();
  return { reason, state: record.state, evaluator };
}

const kinds = ({ attempts }: CampaignState) => attempts.map(({ outcome }) => outcome.kind);

it('evaluates answers as they come, and never runs what is no header', async () => {
  const { state, evaluator } = await run(new ScriptedProposer(['one', 'chatter', 'fast two']));
  expect(kinds(state)).toEqual(['scored', 'rejected', 'scored']);
  expect(evaluator.asked).not.toContain('chatter');
  expect(state.attempts[1]!.outcome).toMatchObject({ rule: 'answer-format' });
  expect(state.champions.search.candidate.source).toBe('fast two');
});

it('gives a failure of its own another turn, and the first answer a share of what it brought', async () => {
  const proposer = new ScriptedProposer(['one', 'broken fast', 'chatter']);
  const { state } = await run(proposer);
  expect(proposer.repairs).toEqual(['broken fast']);
  const [first, failed, mended, chatter] = ['one', 'broken fast', 'mended broken fast', 'chatter'].map((source) =>
    state.attempts.find(({ candidate }) => candidate.source === source),
  );
  const outcomes = [first, failed, mended, chatter].map((attempt) => attempt?.outcome.kind);
  expect(outcomes).toEqual(['scored', 'compile-error', 'scored', 'rejected']);
  expect(mended!.candidate.parents).toEqual([failed!.candidate.id]);
  const { advantages } = state.groups[0]!.finished!;
  expect(advantages[mended!.candidate.id]).toBeUndefined();
  expect(advantages[failed!.candidate.id]).toBeLessThan(advantages[first!.candidate.id]!);
  expect(advantages[failed!.candidate.id]).toBeGreaterThan(advantages[chatter!.candidate.id]!);
});

it('ends with the reason where its proposer can ask nobody any more, having measured what had come', async () => {
  const { reason, state } = await run(new ScriptedProposer(['fast one', 'stop']));
  expect(reason).toBe('money-budget');
  expect(state.stopDetail).toBe('$5.00 of $5.00 are spent');
  expect(state.champions.search.candidate.source).toBe('fast one');
  expect(state.final?.combined?.speedup.value).toBeDefined();
});

it('keeps what was brought to a group that the budget cut short, and goes on with it when there is more', async () => {
  const answers = ['one', 'two', 'three', 'four'].map((text) => ({ candidate: answer(text, sampleSeeds.search.id) }));
  const script = new ScriptedProposer(['', '', '', '']);
  const allAtOnce: Proposer = {
    open: (request) => script.open(request),
    async *draw({ state }) {
      const there = state().candidates;
      yield answers.filter(({ candidate }) => !there.has(candidate.id));
    },
  };
  // The first evaluation is the last that there is time for.
  const first = await run(allAtOnce, { groupSize: 4, maxEvaluationHours: 1e-9 });
  expect(first.reason).toBe('evaluation-hours');
  expect(first.state.openGroup?.unattempted).toHaveLength(3);
  expect(first.state.groups[0]!.candidates).toHaveLength(4);

  const second = await run(allAtOnce, { groupSize: 4 });
  const brought = answers.map(({ candidate }) => candidate.id);
  expect(second.reason).toBe('space-exhausted');
  expect(second.state.groups).toHaveLength(1);
  expect(second.state.attempts.map(({ candidate }) => candidate.id)).toEqual(brought);
  expect(Object.keys(second.state.groups[0]!.finished!.advantages).sort()).toEqual(brought.sort());
  // What was measured before is not measured again; indexes are at the end.
  expect(second.evaluator.asked.filter((source) => source !== 'indexes')).toEqual(['two', 'three', 'four']);
});

it('hands every so many groups to a control arm, which the leaderboard can tell apart', async () => {
  const script = Array.from({ length: 20 }, (_, index) => `answer ${index}`);
  const { state } = await run(
    new ScriptedProposer(script),
    { controls: ['grammar'], controlEvery: 2 },
    'controls',
    new GrammarProposer(grammars),
  );
  expect(state.groups.map(({ arm }) => arm)).toEqual(['main', 'grammar', 'main']);
  expect(state.groups[1]!.candidates.every(({ origin }) => origin.proposer === 'grammar')).toBe(true);
});

it('a replay proposes what was recorded, refusals and repairs included, and comes to the same', async () => {
  const recorded = await run(new ScriptedProposer(['one', 'broken fast', 'chatter', 'two', 'fast four', 'five']));
  const replayed = await run(
    new ReplayProposer(recorded.state),
    { proposer: 'replay', maxEvaluations: recorded.state.attempts.length },
    'replay',
  );
  const told = ({ attempts }: CampaignState) => attempts.map(({ candidate, outcome }) => [candidate.id, outcome.kind]);
  expect(told(replayed.state)).toEqual(told(recorded.state));
  expect(replayed.state.champions.search.candidate.id).toBe(recorded.state.champions.search.candidate.id);
});
