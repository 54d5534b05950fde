import { afterEach, describe, expect, it } from 'vitest';
import type { Group } from '../../core/campaign-state.ts';
import { candidateId } from '../../core/candidate.ts';
import type { ModelCard } from '../../core/exchange.ts';
import { makePrompt } from '../../core/prompt.ts';
import type { Drawing, Proposed } from '../../core/proposer.ts';
import type { CampaignSpec } from '../../core/spec.ts';
import { sampleSeeds } from '../../record/sample-campaign.ts';
import { MemoryLog } from '../../testing/memory-log.ts';
import { type Clock, realClock } from './clock.ts';
import type { LlmParts } from './parts.ts';
import { LlmProposer } from './proposer.ts';
import { standInCard } from './testing/cards.ts';
import { type ReceivedRequest, StandInEndpoint, type StandInOptions } from './testing/stand-in-endpoint.ts';

const key = 'sk-proj-4f9aQ7zT1bKx82LmN0vR';
const seed = sampleSeeds.search;

/** What the edits of each answer would have applied to. */
let editable: string[] = [];

const parts: LlmParts = {
  writer: {
    compose: (state, slot, drawn) =>
      makePrompt({
        messages: [
          { role: 'system', content: `You improve ${slot}. ${state.digests[slot]?.text ?? ''}` },
          { role: 'user', content: `Begin with ${drawn.parent}.` },
        ],
        ...drawn,
      }),
    repairTurn: (_, outcome) => ({ role: 'user', content: `REPAIR ${JSON.stringify(outcome)}` }),
    againTurn: (detail) => ({ role: 'user', content: `AGAIN: ${detail}` }),
    digest: (state, slot) => [{ role: 'user', content: `DIGEST ${slot}, ${state.groups.length} groups` }],
  },
  drawEntries: (state, slot) => ({ parent: state.champions[slot].candidate.id, exemplars: [], strategies: ['unroll'] }),
  readAnswer: (text, { parent }) => {
    editable.push(parent.id);
    if (text.startsWith('UNCHANGED'))
      return { kind: 'refused', refusal: { rule: 'copy', detail: 'the edits change nothing' } };
    return text.startsWith('#pragma once')
      ? { kind: 'header', source: text, design: 'as before' }
      : { kind: 'refused', refusal: { rule: 'answer-format', detail: 'there is no code in it' } };
  },
  nothingNew: (source, slot, { candidates }) =>
    candidates.has(candidateId(slot, source)) ? 'the campaign has this header already' : null,
};

let endpoint: StandInEndpoint | undefined;
let events: string[] = [];
afterEach(async () => {
  await endpoint?.close();
  endpoint = undefined;
  events = [];
  editable = [];
});

/** Nobody sleeps. */
const hasty: Clock = { now: realClock.now, sleep: async () => {}, random: () => 0.01 };

/** A campaign whose endpoint answers by `answer`; with `log` given, as a process that goes on after another died. */
async function campaign(
  answer: (request: ReceivedRequest) => string | Promise<string>,
  {
    spec = {},
    cards = [{}],
    log,
    fault,
    clock = hasty,
  }: {
    spec?: Partial<CampaignSpec>;
    cards?: Partial<ModelCard>[];
    log?: MemoryLog;
    fault?: NonNullable<StandInOptions['fault']>;
    clock?: Clock;
  } = {},
) {
  await endpoint?.close();
  const models = cards.map(({ model = 'stand-in' }) => model);
  const standIn = await StandInEndpoint.open({ key, models, answer, ...(fault ? { fault } : {}) });
  endpoint = standIn;
  const record = log ?? MemoryLog.begin({ maxAnswerTokens: 1000, requestSeconds: 5, ...spec });
  const proposer = new LlmProposer({
    ...parts,
    log: record,
    cards: cards.map((card) => standInCard(standIn.baseUrl, card)),
    keys: new Map([['STAND_IN_KEY', key]]),
    onEvent: (message) => events.push(message),
    clock,
  });
  return { proposer, log: record, standIn };
}

const signal = new AbortController().signal;

function drawing(log: MemoryLog, group: number, aborted = signal): Drawing {
  return { group: groupOf(log, group), state: () => log.state, signal: aborted };
}

function groupOf(log: MemoryLog, group: number): Group {
  return log.state.groups.find((one) => one.group === group)!;
}

/** What the campaign's loop does: the plan is durable before anything is drawn. */
async function openGroup(proposer: LlmProposer, log: MemoryLog, count: number, group = 1): Promise<void> {
  const { state } = log;
  const plan = await proposer.open({ group, slot: 'search', count, state });
  const champions = { construction: '', search: seed.id, refinement: '' };
  const { candidates, size, prompt } = plan;
  await log.append({ type: 'group-proposed', group, slot: 'search', champions, candidates, size, prompt: prompt! });
}

async function drawGroup(proposer: LlmProposer, log: MemoryLog, group = 1): Promise<Proposed[]> {
  const all: Proposed[] = [];
  for await (const batch of proposer.draw(drawing(log, group))) {
    for (const proposed of batch)
      await log.append({ type: 'candidate-proposed', group, ...proposed, elapsedSeconds: 1 });
    all.push(...batch);
  }
  return all;
}

async function finishGroup(log: MemoryLog, group: number): Promise<void> {
  await log.append({ type: 'group-finished', group, slot: 'search', advantages: {}, elapsedSeconds: 1 });
}

function header(name: string | number): string {
  return `#pragma once\n// ${name}\n`;
}

const lastTurn = ({ messages }: ReceivedRequest) => messages.at(-1)!.content;

describe('a group', () => {
  it('is drawn from one prompt, each completion with a seed of its own', async () => {
    const { proposer, log, standIn } = await campaign(({ number }) => header(number));
    await openGroup(proposer, log, 4);
    const drawn = await drawGroup(proposer, log);
    expect(drawn.length).toBe(4);
    expect(new Set(standIn.requests.map(({ body }) => body.seed)).size).toBe(4);
    expect(new Set(standIn.requests.map(({ messages }) => JSON.stringify(messages))).size).toBe(1);
    const prompt = groupOf(log, 1).prompt!;
    for (const { candidate, refusal } of drawn) {
      expect(refusal).toBeUndefined();
      expect(candidate.parents).toEqual([seed.id]);
      expect(candidate.origin).toMatchObject({
        proposer: 'llm',
        model: 'stand-in',
        prompt: prompt.id,
        turn: 1,
        design: 'as before',
      });
    }
  });

  it('lets the first call go ahead, so that the others read the prompt from the cache', async () => {
    const slowly = () => new Promise<string>((done) => setTimeout(() => done(header(Math.random())), 30));
    const { proposer, log } = await campaign(slowly, { spec: { maxAnswerTokens: 1000 }, clock: realClock });
    const compose = proposer.open.bind(proposer);
    proposer.open = async (request) => {
      const { prompt, ...plan } = await compose(request);
      const long = { role: 'system', content: 'x'.repeat(9000) } as const;
      return { ...plan, prompt: makePrompt({ ...prompt!, messages: [long, ...prompt!.messages] }) };
    };
    await openGroup(proposer, log, 4);
    await drawGroup(proposer, log);
    expect(log.ofType('answer-received').map(({ answer }) => answer.tokens.cachedInput)).toEqual([0, 2048, 2048, 2048]);
  });

  it('hands on what has come while the rest is still being written', async () => {
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    const { proposer, log } = await campaign(async ({ number }) => {
      if (number === 2) await held;
      return header(number);
    });
    await openGroup(proposer, log, 2);
    const batches = proposer.draw(drawing(log, 1));
    expect((await batches.next()).value).toHaveLength(1);
    release();
    expect((await batches.next()).value).toHaveLength(1);
    expect((await batches.next()).done).toBe(true);
  });

  it('asks twice again for what is nothing new, and then refuses it with the answer kept', async () => {
    const { proposer, log, standIn } = await campaign(() => seed.source);
    await openGroup(proposer, log, 1);
    const [copy] = await drawGroup(proposer, log);
    expect(copy).toMatchObject({
      candidate: { source: expect.stringContaining(seed.source), origin: { request: 'request-3', turn: 1 } },
      refusal: { rule: 'copy', detail: 'the campaign has this header already' },
    });
    expect(log.ofType('request-sent').map(({ request }) => request.purpose)).toEqual(['propose', 'again', 'again']);
    expect(standIn.requests[2]!.messages.slice(2).map(({ role }) => role)).toEqual([
      'assistant',
      'user',
      'assistant',
      'user',
    ]);
    // What was said before stays as it was, so that the endpoint's cache serves it.
    expect(standIn.requests[2]!.messages.slice(0, 4)).toEqual(standIn.requests[1]!.messages);
  });

  it('asks again where edits change nothing, too', async () => {
    const answer = (request: ReceivedRequest) =>
      lastTurn(request) === 'AGAIN: the edits change nothing' ? header('new') : 'UNCHANGED';
    const { proposer, log } = await campaign(answer);
    await openGroup(proposer, log, 1);
    expect((await drawGroup(proposer, log)).map(({ candidate }) => candidate.source)).toEqual([header('new')]);
    const stubborn = await campaign(() => 'UNCHANGED');
    await openGroup(stubborn.proposer, stubborn.log, 1);
    expect(await drawGroup(stubborn.proposer, stubborn.log)).toMatchObject([{ refusal: { rule: 'copy' } }]);
    expect(stubborn.standIn.requests.length).toBe(3);
  });

  it('takes the second of two equal answers for a copy, though the first is in no journal yet', async () => {
    const answer = (request: ReceivedRequest) =>
      lastTurn(request).startsWith('AGAIN') ? header('other') : header('same');
    const { proposer, log } = await campaign(answer);
    await openGroup(proposer, log, 2);
    const drawn: Proposed[] = [];
    for await (const batch of proposer.draw(drawing(log, 1))) drawn.push(...batch);
    expect(drawn.map(({ candidate }) => candidate.source).sort()).toEqual([header('other'), header('same')]);
    expect(drawn.every(({ refusal }) => !refusal)).toBe(true);
  });

  it('keeps an answer that cannot be read, and one that was cut off, as refused', async () => {
    const answers = ['I would rather not write code.', header('x'.repeat(9000))];
    const { proposer, log } = await campaign(({ number }) => answers[number - 1]!);
    await openGroup(proposer, log, 2);
    const drawn = await drawGroup(proposer, log);
    expect(drawn.map(({ refusal }) => refusal?.rule).sort()).toEqual(['answer-format', 'cut-off']);
    const unread = drawn.find(({ refusal }) => refusal?.rule === 'answer-format')!;
    expect(unread.candidate.source).toContain(answers[0]);
    expect(groupOf(log, 1).refusals.size).toBe(2);
  });

  it('asks another model where one refuses, and is smaller where all do', async () => {
    const { proposer, log } = await campaign(() => header(1), {
      cards: [{ model: 'prim' }, { model: 'kind', price: { input: 2, cachedInput: 2, output: 20 } }],
      fault: ({ model }) => (model === 'prim' ? { kind: 'refusal', text: 'No.' } : undefined),
    });
    await openGroup(proposer, log, 1);
    expect((await drawGroup(proposer, log)).map(({ candidate: { origin } }) => origin)).toMatchObject([
      { model: 'kind' },
    ]);

    const prim = await campaign(() => '', { fault: () => ({ kind: 'refusal', text: 'No.' }) });
    await openGroup(prim.proposer, prim.log, 2);
    expect(await drawGroup(prim.proposer, prim.log)).toEqual([]);
    expect(prim.standIn.requests.length).toBe(4);
    expect(events).toContain('group 1 goes on without completion 1: models refused to answer');
    expect(prim.log.ofType('candidate-proposed')).toEqual([]);
  });

  it('never holds an outage: a completion whose call fails for good is left out', async () => {
    let unlucky: unknown;
    const fault = ({ body }: ReceivedRequest) => {
      unlucky ??= body.seed;
      return body.seed === unlucky ? ({ kind: 'cut', pieces: 1 } as const) : undefined;
    };
    const { proposer, log } = await campaign(({ number }) => header(number), { fault });
    await openGroup(proposer, log, 2);
    expect((await drawGroup(proposer, log)).length).toBe(1);
    expect(events.join('\n')).toMatch(/goes on without completion 1: 3 tries/);
  });

  it('uses every model once before it prefers any', async () => {
    const cards = ['one', 'two', 'three'].map((model) => ({ model }));
    const { proposer, log } = await campaign(({ number }) => header(number), { cards });
    await openGroup(proposer, log, 3);
    await drawGroup(proposer, log);
    expect(new Set(log.ofType('request-sent').map(({ request }) => request.model)).size).toBe(3);
  });

  it('that the budget cuts short hands on what was paid for, and then stops the campaign', async () => {
    const { proposer, log } = await campaign(({ number }) => header(number), {
      spec: { maxRequests: 2, requestsAtOnce: 2 },
    });
    await openGroup(proposer, log, 4);
    await expect(drawGroup(proposer, log)).rejects.toMatchObject({ name: 'ProposerStopped', reason: 'request-budget' });
    expect(groupOf(log, 1).candidates.length).toBe(2);
  });

  it('goes on with other models when a key is revoked midway, and stops when it was the last', async () => {
    const revoked = ({ model, number }: ReceivedRequest) =>
      model === 'one' && number > 1 ? ({ kind: 'revoked' } as const) : undefined;
    const cards = [{ model: 'one' }, { model: 'two' }];
    const { proposer, log } = await campaign(({ number }) => header(number), { cards, fault: revoked });
    await openGroup(proposer, log, 6);
    expect((await drawGroup(proposer, log)).length).toBe(6);
    const alone = await campaign(({ number }) => header(number), {
      cards: [{ model: 'one' }],
      fault: revoked,
      spec: { requestsAtOnce: 1 },
    });
    await openGroup(alone.proposer, alone.log, 3);
    await expect(drawGroup(alone.proposer, alone.log)).rejects.toMatchObject({ reason: 'no-model' });
    expect(groupOf(alone.log, 1).candidates.length).toBe(1);
    expect(JSON.stringify([alone.log.entries, events])).not.toContain(key.slice(0, 8));
  });

  it('ends quietly where the campaign is interrupted, with nothing left under way', async () => {
    const { proposer, log } = await campaign(() => header(1), { fault: () => ({ kind: 'hang' }) });
    await openGroup(proposer, log, 3);
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 50);
    for await (const batch of proposer.draw(drawing(log, 1, interrupt.signal))) expect(batch).toEqual([]);
    expect(log.state.ledger.inFlight.requests).toBe(0);
    expect(log.ofType('request-failed').every(({ failure }) => failure === 'lost')).toBe(true);
  });

  it('that nobody draws to its end leaves no call behind', async () => {
    const { proposer, log } = await campaign(({ number }) => header(number), {
      fault: ({ number }) => (number > 1 ? { kind: 'hang' } : undefined),
    });
    await openGroup(proposer, log, 3);
    for await (const _ of proposer.draw(drawing(log, 1))) break;
    expect(log.state.ledger.inFlight.requests).toBe(0);
  });
});

describe('a resumed group', () => {
  it('buys nothing twice, wherever it was killed', async () => {
    // The second answer is a copy, so that there is another turn to be killed in.
    const answer = (request: ReceivedRequest) => {
      if (lastTurn(request).startsWith('AGAIN')) return header('another');
      return request.number === 2 ? seed.source : header(request.number);
    };
    const whole = await campaign(answer, { spec: { requestsAtOnce: 1 } });
    await openGroup(whole.proposer, whole.log, 3);
    await drawGroup(whole.proposer, whole.log);
    const { entries } = whole.log;
    const sources = whole.log.ofType('candidate-proposed').map(({ candidate }) => candidate.source);
    const opened = entries.findIndex(({ type }) => type === 'group-proposed') + 1;
    for (let killed = opened; killed <= entries.length; ++killed) {
      const log = new MemoryLog(entries.slice(0, killed));
      const answersPaid = log.ofType('answer-received').length;
      const lost = log.state.ledger.inFlight.requests;
      const resumed = await campaign(
        (request) => (lastTurn(request).startsWith('AGAIN') ? header('another') : header(`resumed ${request.number}`)),
        { log },
      );
      await drawGroup(resumed.proposer, log);
      const { candidates } = groupOf(log, 1);
      expect(candidates.length).toBe(3);
      // Each answer that was paid for stands behind a candidate, or was nothing new.
      const known = candidates.map(({ source }) => source);
      for (const { request, answer } of new MemoryLog(entries.slice(0, killed)).ofType('answer-received'))
        if (answer.text !== seed.source)
          expect([request, known]).toEqual([request, expect.arrayContaining([answer.text])]);
      expect(resumed.standIn.requests.length).toBeLessThanOrEqual(4 - answersPaid);
      expect(log.ofType('request-failed').length).toBe(lost);
      if (killed === entries.length) expect(known).toEqual(sources);
    }
  });

  it('goes on with what was said to the second of two equal answers, whichever comes first now', async () => {
    const answer = (request: ReceivedRequest) =>
      lastTurn(request).startsWith('AGAIN') ? header('other') : header('same');
    const late = async (request: ReceivedRequest) => {
      if (request.number === 1) await new Promise((done) => setTimeout(done, 30));
      return answer(request);
    };
    const whole = await campaign(late);
    await openGroup(whole.proposer, whole.log, 2);
    // Something is being measured all the while, so that no candidate is recorded.
    for await (const _ of whole.proposer.draw(drawing(whole.log, 1)));
    const { entries } = whole.log;
    const opened = entries.findIndex(({ type }) => type === 'group-proposed') + 1;
    for (let killed = opened; killed <= entries.length; ++killed) {
      const log = new MemoryLog(entries.slice(0, killed));
      const answersPaid = log.ofType('answer-received').length;
      const resumed = await campaign(answer, { log });
      await drawGroup(resumed.proposer, log);
      expect(resumed.standIn.requests.length).toBe(3 - answersPaid);
      const sources = groupOf(log, 1).candidates.map(({ source }) => source);
      expect(sources.sort()).toEqual([header('other'), header('same')]);
    }
  });
});

describe('a repair', () => {
  const compileError = { kind: 'compile-error', diagnostics: 'search.hpp:3: error: no' } as const;
  const answer = (request: ReceivedRequest) =>
    lastTurn(request).startsWith('REPAIR') ? header(`repaired ${request.messages.length}`) : header('broken');

  async function broken(spec: Partial<CampaignSpec> = {}) {
    const made = await campaign(answer, { spec });
    await openGroup(made.proposer, made.log, 1);
    const [first] = await drawGroup(made.proposer, made.log);
    return { ...made, first: first!.candidate };
  }

  it('is another turn with the diagnostics, and a child of what failed', async () => {
    const { proposer, log, standIn, first } = await broken();
    const repaired = await proposer.repair(drawing(log, 1), first, compileError);
    expect(repaired!.candidate).toMatchObject({
      source: header('repaired 4'),
      parents: [first.id, seed.id],
      origin: { turn: 2, request: 'request-2' },
    });
    expect(standIn.requests[1]!.messages.slice(2)).toEqual([
      { role: 'assistant', content: header('broken') },
      { role: 'user', content: `REPAIR ${JSON.stringify(compileError)}` },
    ]);
  });

  it('comes as often as the campaign allows, each turn after the last', async () => {
    const { proposer, log, first, standIn } = await broken({ repairTurns: 2 });
    let failed = first;
    for (const turn of [2, 3]) {
      const { candidate } = (await proposer.repair(drawing(log, 1), failed, compileError))!;
      await log.append({ type: 'candidate-proposed', group: 1, candidate, elapsedSeconds: 1 });
      expect(candidate.origin).toMatchObject({ turn });
      failed = candidate;
    }
    expect(await proposer.repair(drawing(log, 1), failed, compileError)).toBeNull();
    expect(standIn.requests.at(-1)!.messages.length).toBe(6);
  });

  it('is not had for a failure that no turn mends, nor without turns, nor a second time', async () => {
    const { proposer, log, first, standIn } = await broken();
    const outcomes = [
      { kind: 'timed-out', stage: 'measure', limitSeconds: 9 },
      { kind: 'rejected', rule: 'copy', detail: '' },
      { kind: 'rejected', rule: 'duplicate-source', detail: '' },
    ] as const;
    for (const outcome of outcomes) expect(await proposer.repair(drawing(log, 1), first, outcome)).toBeNull();
    expect(await proposer.repair(drawing(log, 1), seed, compileError)).toBeNull();
    const { candidate } = (await proposer.repair(drawing(log, 1), first, compileError))!;
    await log.append({ type: 'candidate-proposed', group: 1, candidate, elapsedSeconds: 1 });
    expect(await proposer.repair(drawing(log, 1), first, compileError)).toBeNull();
    expect(standIn.requests.length).toBe(2);
    const none = await broken({ repairTurns: 0 });
    expect(await none.proposer.repair(drawing(none.log, 1), none.first, compileError)).toBeNull();
  });

  it('edits the header that failed, or the parent where the answer held none', async () => {
    const { proposer, log, first } = await broken();
    await proposer.repair(drawing(log, 1), first, compileError);
    expect(editable).toEqual([seed.id, first.id]);
    editable = [];
    const unread = await campaign(() => 'No code.');
    await openGroup(unread.proposer, unread.log, 1);
    const [refused] = await drawGroup(unread.proposer, unread.log);
    const outcome = { kind: 'rejected', ...refused!.refusal! } as const;
    await unread.proposer.repair(drawing(unread.log, 1), refused!.candidate, outcome);
    expect(editable).toEqual([seed.id, seed.id]);
  });

  it('that was paid for before the campaign was killed is used', async () => {
    const { proposer, log, first } = await broken();
    await proposer.repair(drawing(log, 1), first, compileError);
    const resumed = await campaign(() => header('never asked'), { log: new MemoryLog(log.entries) });
    const repaired = await resumed.proposer.repair(drawing(resumed.log, 1), first, compileError);
    expect(repaired!.candidate.source).toBe(header('repaired 4'));
    expect(resumed.standIn.requests).toEqual([]);
  });

  it('that changes nothing is a copy', async () => {
    const { proposer, log } = await campaign(() => header('broken'));
    await openGroup(proposer, log, 1);
    const [first] = await drawGroup(proposer, log);
    const repaired = await proposer.repair(drawing(log, 1), first!.candidate, compileError);
    expect(repaired).toMatchObject({ refusal: { rule: 'copy' } });
  });
});

describe('a digest', () => {
  const answer = (request: ReceivedRequest) =>
    lastTurn(request).startsWith('DIGEST') ? 'Prefetching pays.' : header(request.number);
  const digests = (log: MemoryLog) => log.ofType('request-sent').filter(({ request }) => request.purpose === 'digest');

  async function play(proposer: LlmProposer, log: MemoryLog, groups: readonly number[]) {
    for (const group of groups) {
      await openGroup(proposer, log, 1, group);
      await drawGroup(proposer, log, group);
      await finishGroup(log, group);
    }
  }

  it('is written every so many groups, and stands in the next prompt', async () => {
    const { proposer, log } = await campaign(answer, { spec: { digestGroups: 2 } });
    await play(proposer, log, [1, 2, 3, 4, 5]);
    expect(log.ofType('digest-written')).toEqual([
      { type: 'digest-written', slot: 'search', text: 'Prefetching pays.', afterGroup: 2 },
      { type: 'digest-written', slot: 'search', text: 'Prefetching pays.', afterGroup: 4 },
    ]);
    expect(groupOf(log, 2).prompt!.messages[0]!.content).not.toMatch(/pays/);
    expect(groupOf(log, 3).prompt!.messages[0]!.content).toMatch(/Prefetching pays/);
    expect(digests(log)[0]!.request.turns).toEqual([{ role: 'user', content: 'DIGEST search, 2 groups' }]);
  });

  it('that fails is left out, and not asked for at every group', async () => {
    const fault = (request: ReceivedRequest) =>
      lastTurn(request).startsWith('DIGEST') ? ({ kind: 'empty' } as const) : undefined;
    const { proposer, log } = await campaign(answer, { spec: { digestGroups: 2 }, fault });
    await play(proposer, log, [1, 2, 3, 4, 5, 6]);
    expect(log.ofType('digest-written')).toEqual([]);
    expect(groupOf(log, 6).candidates.length).toBe(1);
    expect(digests(log).length).toBe(6);
    expect(events).toContain('no digest of search was written; the last one stays');
  });

  it('that was paid for before the campaign was killed is used', async () => {
    const { proposer, log } = await campaign(answer, { spec: { digestGroups: 2 } });
    await play(proposer, log, [1, 2, 3]);
    const killed = log.entries.findIndex(({ type }) => type === 'digest-written');
    const resumed = await campaign(() => 'never asked', { log: new MemoryLog(log.entries.slice(0, killed)) });
    await openGroup(resumed.proposer, resumed.log, 1, 3);
    expect(resumed.log.state.digests.search?.text).toBe('Prefetching pays.');
    expect(resumed.standIn.requests).toEqual([]);
  });
});
