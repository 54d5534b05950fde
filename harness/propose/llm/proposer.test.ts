import { describe, expect, it } from 'vitest';
import { makePrompt } from '../../core/prompt.ts';
import type { Proposed } from '../../core/proposer.ts';
import {
  askedCampaign,
  drawGroup,
  drawing,
  groupOf,
  header,
  key,
  lastTurn,
  openGroup,
  seed,
} from '../../testing/asked-campaign.ts';
import { realClock } from './clock.ts';
import type { ReceivedRequest } from './testing/stand-in-endpoint.ts';

describe('a group', () => {
  it('is drawn from one prompt, each completion with a seed of its own', async () => {
    const { proposer, log, standIn } = await askedCampaign(({ number }) => header(number));
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
    const { proposer, log } = await askedCampaign(slowly, { spec: { maxAnswerTokens: 1000 }, clock: realClock });
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
    const { proposer, log } = await askedCampaign(async ({ number }) => {
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
    const { proposer, log, standIn } = await askedCampaign(() => seed.source);
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
    const { proposer, log } = await askedCampaign(answer);
    await openGroup(proposer, log, 1);
    expect((await drawGroup(proposer, log)).map(({ candidate }) => candidate.source)).toEqual([header('new')]);
    const stubborn = await askedCampaign(() => 'UNCHANGED');
    await openGroup(stubborn.proposer, stubborn.log, 1);
    expect(await drawGroup(stubborn.proposer, stubborn.log)).toMatchObject([{ refusal: { rule: 'copy' } }]);
    expect(stubborn.standIn.requests.length).toBe(3);
  });

  it('takes the second of two equal answers for a copy, though the first is in no journal yet', async () => {
    const answer = (request: ReceivedRequest) =>
      lastTurn(request).startsWith('AGAIN') ? header('other') : header('same');
    const { proposer, log } = await askedCampaign(answer);
    await openGroup(proposer, log, 2);
    const drawn: Proposed[] = [];
    for await (const batch of proposer.draw(drawing(log, 1))) drawn.push(...batch);
    expect(drawn.map(({ candidate }) => candidate.source).sort()).toEqual([header('other'), header('same')]);
    expect(drawn.every(({ refusal }) => !refusal)).toBe(true);
  });

  it('keeps an answer that cannot be read, and one that was cut off, as refused', async () => {
    const answers = ['I would rather not write code.', header('x'.repeat(9000))];
    const { proposer, log } = await askedCampaign(({ number }) => answers[number - 1]!);
    await openGroup(proposer, log, 2);
    const drawn = await drawGroup(proposer, log);
    expect(drawn.map(({ refusal }) => refusal?.rule).sort()).toEqual(['answer-format', 'cut-off']);
    const unread = drawn.find(({ refusal }) => refusal?.rule === 'answer-format')!;
    expect(unread.candidate.source).toContain(answers[0]);
    expect(groupOf(log, 1).refusals.size).toBe(2);
  });

  it('asks another model where one refuses, and is smaller where all do', async () => {
    const { proposer, log } = await askedCampaign(() => header(1), {
      cards: [{ model: 'prim' }, { model: 'kind', price: { input: 2, cachedInput: 2, output: 20 } }],
      fault: ({ model }) => (model === 'prim' ? { kind: 'refusal', text: 'No.' } : undefined),
    });
    await openGroup(proposer, log, 1);
    expect((await drawGroup(proposer, log)).map(({ candidate: { origin } }) => origin)).toMatchObject([
      { model: 'kind' },
    ]);

    const prim = await askedCampaign(() => '', { fault: () => ({ kind: 'refusal', text: 'No.' }) });
    await openGroup(prim.proposer, prim.log, 2);
    expect(await drawGroup(prim.proposer, prim.log)).toEqual([]);
    expect(prim.standIn.requests.length).toBe(4);
    expect(prim.events).toContain('group 1 goes on without completion 1: models refused to answer');
    expect(prim.log.ofType('candidate-proposed')).toEqual([]);
  });

  it('never holds an outage: a completion whose call fails for good is left out', async () => {
    let unlucky: unknown;
    const fault = ({ body }: ReceivedRequest) => {
      unlucky ??= body.seed;
      return body.seed === unlucky ? ({ kind: 'cut', pieces: 1 } as const) : undefined;
    };
    const { proposer, log, events } = await askedCampaign(({ number }) => header(number), { fault });
    await openGroup(proposer, log, 2);
    expect((await drawGroup(proposer, log)).length).toBe(1);
    expect(events.join('\n')).toMatch(/goes on without completion 1: 3 tries/);
  });

  it('uses every model once before it prefers any', async () => {
    const cards = ['one', 'two', 'three'].map((model) => ({ model }));
    const { proposer, log } = await askedCampaign(({ number }) => header(number), { cards });
    await openGroup(proposer, log, 3);
    await drawGroup(proposer, log);
    expect(new Set(log.ofType('request-sent').map(({ request }) => request.model)).size).toBe(3);
  });

  it('that the budget cuts short hands on what was paid for, and then stops the campaign', async () => {
    const { proposer, log } = await askedCampaign(({ number }) => header(number), {
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
    const { proposer, log } = await askedCampaign(({ number }) => header(number), { cards, fault: revoked });
    await openGroup(proposer, log, 6);
    expect((await drawGroup(proposer, log)).length).toBe(6);
    const alone = await askedCampaign(({ number }) => header(number), {
      cards: [{ model: 'one' }],
      fault: revoked,
      spec: { requestsAtOnce: 1 },
    });
    await openGroup(alone.proposer, alone.log, 3);
    await expect(drawGroup(alone.proposer, alone.log)).rejects.toMatchObject({ reason: 'no-model' });
    expect(groupOf(alone.log, 1).candidates.length).toBe(1);
    expect(JSON.stringify([alone.log.entries, alone.events])).not.toContain(key.slice(0, 8));
  });

  it('ends quietly where the campaign is interrupted, with nothing left under way', async () => {
    const { proposer, log } = await askedCampaign(() => header(1), { fault: () => ({ kind: 'hang' }) });
    await openGroup(proposer, log, 3);
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 50);
    for await (const batch of proposer.draw(drawing(log, 1, interrupt.signal))) expect(batch).toEqual([]);
    expect(log.state.ledger.inFlight.requests).toBe(0);
    expect(log.ofType('request-failed').every(({ failure }) => failure === 'lost')).toBe(true);
  });

  it('that nobody draws to its end leaves no call behind', async () => {
    const { proposer, log } = await askedCampaign(({ number }) => header(number), {
      fault: ({ number }) => (number > 1 ? { kind: 'hang' } : undefined),
    });
    await openGroup(proposer, log, 3);
    for await (const _ of proposer.draw(drawing(log, 1))) break;
    expect(log.state.ledger.inFlight.requests).toBe(0);
  });
});
