import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../core/outcome.ts';
import type { Drawing, Proposed } from '../../core/proposer.ts';
import { ofSlots } from '../../core/target.ts';
import { begunCampaign, type MemoryLog } from '../../testing/memory-log.ts';
import { AgentDesk } from './desk.ts';
import type { Submitted, Turn } from './protocol.ts';
import { championOnly, deskParts, freshHeader, plainWriter } from './testing/desk-parts.ts';
import type { AnswerWindow } from './window.ts';

let log: MemoryLog;
let desk: AgentDesk;
let window: AnswerWindow;
let aborted: AbortController;

beforeEach(async () => {
  log = begunCampaign();
  desk = new AgentDesk({ ...deskParts, log });
  const { state } = log;
  const prompt = plainWriter.compose(
    state,
    'search',
    championOnly(state, 'search', () => 0),
  );
  const champions = ofSlots('graph', { construction: '', search: state.seeds.search.id, refinement: '' });
  await log.append({ type: 'group-proposed', group: 1, slot: 'search', champions, candidates: [], size: 2, prompt });
  aborted = new AbortController();
  const drawing: Drawing = { group: log.state.openGroup!, state: () => log.state, signal: aborted.signal };
  window = desk.open(drawing);
});

const leaseOf = (turn: Turn): string => (turn.kind === 'lease' ? turn.lease : turn.reason);
const answer = (agent: string, text: string): Submitted =>
  desk.submit({ lease: leaseOf(desk.next(agent)), agent, text });
const idOf = (submitted: Submitted): string => ('report' in submitted ? submitted.report.candidate : submitted.reason);

/** What the loop does with what it fetched. */
async function settle(proposed: Proposed, outcome: Outcome): Promise<void> {
  const { candidate, refusal } = proposed;
  await log.append({ type: 'candidate-proposed', group: 1, candidate, ...(refusal && { refusal }), elapsedSeconds: 1 });
  const fields = { group: 1, candidate: candidate.id, outcome, reward: -2, elapsedSeconds: 2 };
  await log.append({ type: 'attempt-finished', ...fields });
}

const compileError: Outcome = { kind: 'compile-error', diagnostics: `${'x'.repeat(9000)} error: no such type` };

describe('a submission', () => {
  it('may be a bare header', async () => {
    const text = freshHeader();
    expect(answer('one', text)).toMatchObject({ kind: 'accepted', report: { status: 'waiting', slot: 'search' } });
    const [proposed] = await window.fetch();
    const { source, parents, origin } = proposed!.candidate;
    expect(source).toBe(text);
    expect(parents).toEqual([log.state.seeds.search.id]);
    expect(origin).toMatchObject({ proposer: 'agent', agent: 'one', prompt: window.prompt.id, turn: 1 });
  });

  it('may be a whole answer, whose sections are kept', async () => {
    answer('one', `Prefetch earlier.\n\`\`\`cpp\n${freshHeader()}\`\`\`\n`);
    const [proposed] = await window.fetch();
    expect(proposed!.candidate.origin).toMatchObject({ design: 'Prefetch earlier.' });
  });

  it('that is no answer may be mended twice, and is then recorded as refused', async () => {
    expect(answer('one', 'I could not do it')).toMatchObject({ kind: 'again', triesLeft: 2 });
    expect(answer('one', 'sorry')).toMatchObject({ kind: 'again', triesLeft: 1 });
    expect(answer('one', 'still nothing')).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('no fenced header'),
    });
    const [proposed] = await window.fetch();
    expect(proposed!.refusal).toMatchObject({ rule: 'answer-format' });
  });

  it('that repeats what is known, or what another agent has just handed in, is told so', () => {
    const seed = log.state.seeds.search;
    expect(answer('one', seed.source)).toMatchObject({ kind: 'again', reason: expect.stringContaining(seed.id) });
    const text = freshHeader();
    expect(answer('one', text)).toMatchObject({ kind: 'accepted' });
    expect(answer('two', text)).toMatchObject({ kind: 'again', reason: expect.stringContaining('copy') });
  });

  it('that was a copy three times is recorded under a name of its own', async () => {
    const seed = log.state.seeds.search;
    for (let tries = 0; tries < 3; ++tries) answer('one', seed.source);
    const [proposed] = await window.fetch();
    expect(proposed!.refusal).toMatchObject({ rule: 'copy' });
    expect(proposed!.candidate.id).not.toBe(seed.id);
  });

  it('said twice under one lease is taken once', async () => {
    const lease = leaseOf(desk.next('one'));
    const text = freshHeader();
    const first = desk.submit({ lease, agent: 'one', text });
    expect(desk.submit({ lease, agent: 'one', text })).toEqual(first);
    expect(desk.submit({ lease, agent: 'one', text: freshHeader() })).toMatchObject({ kind: 'gone' });
    expect(await window.fetch()).toHaveLength(1);
  });
});

describe('a group', () => {
  it('is whole once its places are answered, and ends', async () => {
    answer('one', freshHeader());
    answer('two', freshHeader());
    expect(desk.next('three')).toMatchObject({ kind: 'wait' });
    expect(await window.fetch()).toHaveLength(2);
    expect(await window.fetch()).toEqual([]);
  });

  it('wakes when an answer comes, and when the campaign stops', async () => {
    const coming = window.fetch();
    answer('one', freshHeader());
    expect(await coming).toHaveLength(1);
    const none = window.fetch();
    aborted.abort();
    expect(await none).toEqual([]);
  });
});

describe('a report', () => {
  it('brings bounded diagnostics and a lease for another turn', async () => {
    const id = idOf(answer('one', freshHeader()));
    const [proposed] = await window.fetch();
    await settle(proposed!, compileError);
    const report = desk.report(id)!;
    expect(report).toMatchObject({ status: 'evaluated', outcome: 'compile-error', reward: -2 });
    expect(report.diagnostics).toContain('and 828 characters more');
    const mended = desk.submit({ lease: report.repair!.lease, agent: 'one', text: freshHeader() });
    const [repair] = await window.fetch();
    expect(repair!.candidate).toMatchObject({ id: idOf(mended), parents: [id], origin: { turn: 2 } });
    expect(desk.report(id)!.repair).toBeNull();
    await settle(repair!, compileError);
    // One turn is what the specification grants.
    expect(desk.report(idOf(mended))!.repair).toBeNull();
    expect(desk.status().group).toMatchObject({ size: 2, answered: 1 });
  });

  it('offers no turn for what was refused, nor in a group that is whole', async () => {
    for (let tries = 0; tries < 3; ++tries) answer('one', 'nothing');
    const [refused] = await window.fetch();
    await settle(refused!, { kind: 'rejected', rule: 'answer-format', detail: 'there is none' });
    expect(desk.report(refused!.candidate.id)).toMatchObject({ outcome: 'rejected', repair: null });
    const id = idOf(answer('one', freshHeader()));
    const [last] = await window.fetch();
    await settle(last!, compileError);
    expect(desk.report(id)!.repair).toBeNull();
  });

  it('refuses a repair clearly once the group is closed', async () => {
    const id = idOf(answer('one', freshHeader()));
    const [proposed] = await window.fetch();
    await settle(proposed!, compileError);
    const { lease } = desk.report(id)!.repair!;
    window.close();
    const late = desk.submit({ lease, agent: 'one', text: freshHeader() });
    expect(late).toMatchObject({ kind: 'gone', reason: expect.stringContaining('takes no more answers') });
  });
});

it('exemplars are the fastest headers and the seed', () => {
  const { search } = log.state.seeds;
  expect(desk.exemplars('search')).toEqual([
    { candidate: search.id, role: 'seed', speedupOverSeed: { value: 1, low: 1, high: 1 }, source: search.source },
  ]);
});
