import { expect, it } from 'vitest';
import { makeCandidate, type Origin } from '../core/candidate.ts';
import type { ModelAnswer, SentRequest } from '../core/exchange.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { Outcome } from '../core/outcome.ts';
import { type Message, makePrompt } from '../core/prompt.ts';
import { ofSlots } from '../core/target.ts';
import { SampleJournal, sampleCandidate, sampleScored, sampleSeeds } from '../record/sample-campaign.ts';
import { campaignState } from '../record/state.ts';
import { rolloutLines } from './rollout-lines.ts';
import { type Rollout, rollouts } from './rollouts.ts';

const messages: Message[] = [
  { role: 'system', content: 'You write headers.' },
  { role: 'user', content: 'Make it faster.' },
];
const prompt = makePrompt({ messages, parent: sampleSeeds.search.id, exemplars: [], strategies: [] });
const broken: Outcome = { kind: 'compile-error', diagnostics: 'error: no' };
const refused: Outcome = { kind: 'rejected', rule: 'answer-format', detail: 'no code' };

const fromModel = (request: string, source: string, turn = 1, parents = [prompt.parent]) =>
  makeCandidate({
    slot: 'search',
    source,
    parents,
    origin: { proposer: 'llm', model: 'a-model', request, prompt: prompt.id, turn } satisfies Origin,
  });

function sent(id: string, completion: number, fields: Partial<SentRequest> = {}): JournalEntry {
  const reserved = { dollars: 0, tokens: 0 };
  const standard = { group: 1, purpose: 'propose', model: 'a-model', prompt: prompt.id, turns: [] } as const;
  return { type: 'request-sent', request: { ...standard, id, completion, reserved, ...fields } };
}

function answered(request: string, text: string, fields: Partial<ModelAnswer> = {}): JournalEntry {
  const tokens = { input: 1, cachedInput: 0, output: 1, reasoning: 0 };
  const answer: ModelAnswer = { text, finish: 'stop', tokens, servedBy: 'a-model-1', seconds: 1, ...fields };
  return { type: 'answer-received', request, answer, dollars: 0 };
}

const good = fromModel('request-1', 'good');
const bad = fromModel('request-2', 'bad');
const none = fromModel('request-3', 'I would rather not.');
const mended = fromModel('request-4', 'mended', 2, [bad.id]);
const feedback: Message[] = [
  { role: 'assistant', content: 'Code: bad' },
  { role: 'user', content: 'It does not compile.' },
];

/** Three answers, of which one scores, one does not compile and is mended, and one is none; the first was drawn twice. */
function journal(): SampleJournal {
  const group = { group: 1, slot: 'search', champions: seedIds, candidates: [], size: 4, prompt } as const;
  const proposed = (candidate: typeof good, refusal?: 'answer-format'): JournalEntry => ({
    type: 'candidate-proposed',
    group: 1,
    candidate,
    ...(refusal && { refusal: { rule: refusal, detail: 'no code' } }),
    elapsedSeconds: 1,
  });
  const attempted = (candidate: string, outcome: Outcome, reward: number): JournalEntry => ({
    type: 'attempt-finished',
    group: 1,
    candidate,
    outcome,
    reward,
    elapsedSeconds: 2,
  });
  const said = [
    { token: 'Co', logprob: -0.5 },
    { token: 'de', logprob: -0.25 },
  ];
  return [
    { type: 'group-proposed', ...group } satisfies JournalEntry,
    sent('request-1', 0),
    sent('request-2', 1),
    sent('request-3', 2),
    answered('request-1', 'Code: good', { logprobs: said }),
    proposed(good),
    attempted(good.id, sampleScored('accepted', 120_000, 1.2, 1.1, 1.3), 0.18),
    answered('request-2', 'Code: bad'),
    proposed(bad),
    attempted(bad.id, broken, -2.1),
    answered('request-3', 'I would rather not.', { finish: 'refusal' }),
    proposed(none, 'answer-format'),
    attempted(none.id, refused, -2.2),
    proposed(good),
    sent('request-4', 1, { purpose: 'repair', turns: feedback }),
    answered('request-4', 'Code: mended'),
    proposed(mended),
    attempted(mended.id, sampleScored('no-gain', 100_000, 1, 0.99, 1.01), 0),
  ].reduce<SampleJournal>((sample, entry) => sample.add(entry as JournalEntry), new SampleJournal());
}

const seedIds = ofSlots('graph', {
  construction: sampleSeeds.construction.id,
  search: sampleSeeds.search.id,
  refinement: sampleSeeds.refinement.id,
});
const finished: JournalEntry = {
  type: 'group-finished',
  group: 1,
  slot: 'search',
  advantages: { [good.id]: 1.5, [bad.id]: -0.7, [none.id]: -0.8, [mended.id]: 9 },
  elapsedSeconds: 3,
};
const exported = (grammar = false) => rollouts(campaignState(journal().add(finished).entries), { grammar });

it('a group is its prompt and all its first answers, as they came', () => {
  const [group] = exported();
  expect(group).toMatchObject({ id: 'sample/1', campaign: 'sample', group: 1, slot: 'search', arm: 'main' });
  expect(group!.prompt).toEqual(messages);
  expect(group!.fingerprint).toMatch(/^[0-9a-f]{12}$/);
  expect(group!.completions).toMatchObject([
    { text: 'Code: good', form: 'answer', candidate: good.id, outcome: 'scored', reward: 0.18, advantage: 1.5 },
    { text: 'Code: bad', model: 'a-model', turn: 1, outcome: 'compile-error', reward: -2.1, advantage: -0.7 },
    { text: 'I would rather not.', finish: 'refusal', outcome: 'rejected', reward: -2.2, advantage: -0.8 },
    { text: 'Code: good', candidate: good.id, outcome: null, reward: null },
  ]);
});

it('log-probabilities go beside their tokens, and are absent where the endpoint told none', () => {
  const [first, second] = exported()[0]!.completions;
  expect(first).toMatchObject({ tokens: ['Co', 'de'], logprobs: [-0.5, -0.25] });
  expect(second).not.toHaveProperty('logprobs');
});

it('a repair is a prompt of its own: the conversation up to it, without an advantage', () => {
  const [, repair, ...rest] = exported();
  expect(rest).toEqual([]);
  expect(repair).toMatchObject({ id: 'sample/1/request-4', kind: 'repair', parent: bad.id });
  expect(repair!.prompt).toEqual([...messages, ...feedback]);
  expect(repair!.completions).toMatchObject([{ text: 'Code: mended', turn: 2, reward: 0, advantage: null }]);
});

it('an answer drawn after more was said is no answer to the prompt itself', () => {
  const turns: Message[] = [
    { role: 'assistant', content: 'Code: the parent' },
    { role: 'user', content: 'That is the parent.' },
  ];
  const other = fromModel('request-5', 'other');
  const entries = [
    ...journal().entries,
    sent('request-5', 3, { purpose: 'again', turns }),
    answered('request-5', 'Code: other'),
    { type: 'candidate-proposed', group: 1, candidate: other, elapsedSeconds: 3 } satisfies JournalEntry,
  ];
  const again = rollouts(campaignState(entries)).at(-1);
  expect(again).toMatchObject({ kind: 'again', prompt: [...messages, ...turns], parent: prompt.parent });
});

it('a group under way has no advantages yet', () => {
  const [group] = rollouts(campaignState(journal().entries));
  expect(group!.completions.map(({ advantage }) => advantage)).toEqual([null, null, null, null]);
});

it("an agent's header stands for the answer that nobody recorded", () => {
  const origin: Origin = { proposer: 'agent', agent: 'a-coder', prompt: prompt.id, turn: 1 };
  const candidate = makeCandidate({ slot: 'search', source: 'its header', parents: [prompt.parent], origin });
  const sample = new SampleJournal()
    .add({ type: 'group-proposed', group: 1, slot: 'search', champions: seedIds, candidates: [], size: 1, prompt })
    .add({ type: 'candidate-proposed', group: 1, candidate, elapsedSeconds: 1 });
  expect(rollouts(campaignState(sample.entries))[0]!.completions).toMatchObject([
    { text: 'its header', form: 'header', model: 'a-coder' },
  ]);
});

it('what the grammar drew has no prompt, and is left out unless asked for', () => {
  const candidate = sampleCandidate('search', 4);
  const state = campaignState(new SampleJournal().propose('search', [candidate]).entries);
  expect(rollouts(state)).toEqual([]);
  const [group] = rollouts(state, { grammar: true });
  expect(group).toMatchObject({ prompt: [], parent: null });
  expect(group!.completions).toMatchObject([{ form: 'choices', text: expect.stringContaining('lookahead-4') }]);
});

it('writes one JSON line a group, or one a completion with its prompt and group', () => {
  const parsed = (text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  expect(parsed(rolloutLines(exported(), 'groups'))).toEqual(exported() satisfies Rollout[]);
  const samples = parsed(rolloutLines(exported(), 'samples'));
  expect(samples).toHaveLength(5);
  expect(samples[1]).toMatchObject({
    group: 'sample/1',
    prompt: messages,
    completion: [{ role: 'assistant', content: 'Code: bad' }],
    reward: -2.1,
    advantage: -0.7,
  });
  expect(samples[4]).toMatchObject({ group: 'sample/1/request-4' });
});
