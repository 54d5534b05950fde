import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ModelCard, priceOf } from '../../core/exchange.ts';
import type { CampaignSpec } from '../../core/spec.ts';
import { MemoryLog } from '../../testing/memory-log.ts';
import { reservationFor } from './budget.ts';
import type { Clock } from './clock.ts';
import { type Call, Dispatcher } from './dispatcher.ts';
import { standInCard } from './testing/cards.ts';
import { type Fault, type ReceivedRequest, StandInEndpoint, type StandInOptions } from './testing/stand-in-endpoint.ts';

const key = 'sk-proj-4f9aQ7zT1bKx82LmN0vR';
const messages = [{ role: 'user', content: 'Write a header.' }] as const;

/** Time passes only while somebody sleeps, and chance always says the same. */
class TestClock implements Clock {
  time = 1000;
  readonly slept: number[] = [];
  random = () => 1;
  now = () => this.time;
  sleep = async (seconds: number) => {
    this.slept.push(seconds);
    this.time += seconds;
  };
}

let endpoint: StandInEndpoint;
let clock: TestClock;
let events: string[];
beforeEach(() => {
  clock = new TestClock();
  events = [];
});
afterEach(() => endpoint?.close());

async function campaign(
  standIn: StandInOptions,
  spec: Partial<CampaignSpec> = {},
  cards: Partial<ModelCard>[] = [{}],
  log = MemoryLog.begin({ maxAnswerTokens: 1000, requestSeconds: 2, ...spec }),
) {
  const models = cards.map(({ model = 'stand-in' }) => model);
  endpoint = await StandInEndpoint.open({ key, models, ...standIn });
  const dispatcher = new Dispatcher({
    log,
    cards: cards.map((card) => standInCard(endpoint.baseUrl, card)),
    keys: new Map([['STAND_IN_KEY', key]]),
    onEvent: (message) => events.push(message),
    clock,
  });
  const ask = (fields: Partial<Call> = {}) =>
    dispatcher.dispatch({
      group: 1,
      purpose: 'propose',
      completion: 0,
      prompt: 'prompt-1',
      turns: [],
      messages,
      choose: ([first]) => first!,
      signal: new AbortController().signal,
      ...fields,
    });
  return { log, ask, dispatcher };
}

/** The faults of the first requests, in turn. */
function first(...faults: (Fault | undefined)[]): NonNullable<StandInOptions['fault']> {
  return ({ number }) => faults[number - 1];
}

const reservation = reservationFor(standInCard(''), messages, 1000);

describe('a call', () => {
  it('is durable before it is sent, and its answer before it is used', async () => {
    let written: string[] = [];
    const { log, ask } = await campaign({
      answer: () => {
        written = log.entries.map(({ type }) => type);
        return 'done';
      },
    });
    const { request, answer } = await ask({ seed: 5 });
    expect(written).toEqual(['campaign-started', 'request-sent']);
    expect(request).toMatchObject({ id: 'request-1', model: 'stand-in', seed: 5, reserved: reservation });
    expect(log.ofType('answer-received')).toEqual([
      { type: 'answer-received', request: 'request-1', answer, dollars: priceOf(answer.tokens, standInCard('').price) },
    ]);
    expect(log.state.ledger.inFlight.requests).toBe(0);
    expect(answer.tokens.input + answer.tokens.output).toBeLessThan(reservation.tokens);
  });

  it.each<[string, Fault, number]>([
    ['a rate limit', { kind: 'rate-limit' }, 0],
    ['an error of the server', { kind: 'status', status: 503 }, 0],
    ['a cut stream', { kind: 'cut', pieces: 0 }, reservation.dollars],
    ['an empty answer', { kind: 'empty' }, reservation.dollars],
    ['invalid JSON', { kind: 'invalid-json' }, reservation.dollars],
    ['2 MB', { kind: 'huge', characters: 2_100_000 }, reservation.dollars],
  ])('is tried again after %s, as a request of its own', async (_, fault, dollars) => {
    const { log, ask } = await campaign({ fault: first(fault) });
    expect((await ask()).request.id).toBe('request-2');
    expect(log.ofType('request-failed')).toMatchObject([{ request: 'request-1', dollars }]);
    expect(log.state.ledger.requests).toBe(2);
  });

  it('waits longer after each failure, with jitter, and forgets them after a success', async () => {
    const error = { kind: 'status', status: 500 } as const;
    const { ask } = await campaign({ fault: first(error, error, error, undefined, error) });
    await ask();
    await ask();
    expect(clock.slept).toEqual([2, 4, 8, 2]);
  });

  it('waits as long as the endpoint asks for, in full', async () => {
    const limits = [{ retryAfter: '300' }, { retryAfterMs: 2500 }].map(
      (fields) => ({ kind: 'rate-limit', ...fields }) as const,
    );
    const { ask } = await campaign({ fault: first(...limits) });
    await ask();
    expect(clock.slept).toEqual([301, 3.5]);
  });

  it('is abandoned after three tries that may have been billed', async () => {
    const { log, ask } = await campaign({ fault: () => ({ kind: 'empty' }) });
    await expect(ask()).rejects.toMatchObject({ name: 'CallAbandoned' });
    expect(log.state.ledger).toMatchObject({ requests: 3, dollars: 3 * reservation.dollars });
  });

  it('is abandoned at once, and costs nothing, where its prompt is too long', async () => {
    const tooLong = { kind: 'status', status: 400, code: 'context_length_exceeded' } as const;
    const { log, ask } = await campaign({ fault: first(tooLong) });
    await expect(ask()).rejects.toMatchObject({ name: 'CallAbandoned', message: expect.stringMatching(/too long/) });
    expect(log.ofType('request-failed')).toMatchObject([{ failure: 'prompt-too-long', dollars: 0, tokens: 0 }]);
    expect(log.state.ledger).toMatchObject({ requests: 1, dollars: 0 });
    expect(clock.slept).toEqual([]);
    // Another's may be shorter.
    expect((await ask()).request.id).toBe('request-2');
  });

  it('that nobody waits for any more is broken off, and its price counts as spent', async () => {
    const caller = new AbortController();
    const { log, ask } = await campaign({ fault: () => ({ kind: 'hang' }) });
    setTimeout(() => caller.abort(), 50);
    await expect(ask({ signal: caller.signal })).rejects.toMatchObject({ name: 'Interrupted' });
    expect(log.ofType('request-failed')).toMatchObject([{ failure: 'lost', dollars: reservation.dollars }]);
  });
});

describe('several models', () => {
  const two = [{ model: 'one' }, { model: 'two' }];
  const broken = (fault: Fault) => (request: ReceivedRequest) => (request.model === 'one' ? fault : undefined);

  it.each<[string, Fault, RegExp]>([
    ['whose key is revoked', { kind: 'revoked' }, /one is asked no more: key: .*left: two/],
    ['whose quota is spent', { kind: 'quota' }, /one is asked no more: quota: /],
    ['that does not take the request', { kind: 'status', status: 400 }, /one is asked no more: request: /],
  ])('go on without one %s', async (_, fault, event) => {
    const { ask, log } = await campaign({ fault: broken(fault) }, {}, two);
    expect((await ask()).request.model).toBe('two');
    expect((await ask()).request).toMatchObject({ model: 'two', id: 'request-3' });
    expect(events).toEqual([expect.stringMatching(event)]);
    expect(log.state.ledger.dollars).toBeLessThan(reservation.dollars);
  });

  it('stand in for one another while one rests', async () => {
    const { ask } = await campaign({ fault: broken({ kind: 'rate-limit', retryAfter: '600' }) }, {}, two);
    expect((await ask()).request.model).toBe('two');
    expect(clock.slept).toEqual([]);
  });

  it('are asked where a prompt is too long for one, which is not asked that again', async () => {
    const { ask, log } = await campaign({ fault: broken({ kind: 'status', status: 413 }) }, {}, two);
    expect((await ask()).request).toMatchObject({ model: 'two', id: 'request-2' });
    expect(log.ofType('request-failed')).toMatchObject([{ failure: 'prompt-too-long', dollars: 0 }]);
  });

  it('stop the campaign when none is left, with the reason of each', async () => {
    const cards = [...two, { model: 'three', keyVariable: 'ABSENT' }];
    const { ask } = await campaign(
      { fault: ({ model }) => ({ kind: model === 'one' ? 'revoked' : 'quota' }) },
      {},
      cards,
    );
    const stopped = await ask().catch((error) => error);
    expect(stopped).toMatchObject({ name: 'ProposerStopped', reason: 'no-model' });
    expect(stopped.message).toMatch(/one \(key: .*two \(quota: /);
    expect(stopped.message).toMatch(/three \(ABSENT is not set\)/);
  });

  it('are asked while one of them can still be paid', async () => {
    const dear = { model: 'one', price: { input: 100, cachedInput: 100, output: 1000 } };
    const { ask } = await campaign({}, { maxDollars: 0.1 }, [dear, { model: 'two' }]);
    expect((await ask()).request.model).toBe('two');
  });
});

describe('an outage', () => {
  it('is waited for as long as the campaign says, and then stops it', async () => {
    const { ask, log } = await campaign({ fault: () => ({ kind: 'status', status: 503 }) }, { outageMinutes: 5 });
    const begun = clock.time;
    await expect(ask()).rejects.toMatchObject({
      reason: 'no-model',
      message: expect.stringMatching(/nothing was answered for 5 minutes; last said: stand-in: server: /),
    });
    expect(clock.time - begun).toBeGreaterThan(240);
    expect(clock.time - begun).toBeLessThanOrEqual(300);
    expect(log.state.ledger.dollars).toBe(0);
  });

  it('is what prompts that are all too long come to', async () => {
    const { ask } = await campaign({ fault: () => ({ kind: 'status', status: 413 }) }, { outageMinutes: 5 });
    let error = { name: 'CallAbandoned' };
    while (error.name === 'CallAbandoned') error = await ask().catch((thrown) => thrown);
    expect(error).toMatchObject({ reason: 'no-model', message: expect.stringMatching(/stand-in: prompt-too-long: /) });
  });

  it('that will outlast the campaign by its own word is not waited for', async () => {
    const { ask } = await campaign({ fault: () => ({ kind: 'rate-limit', retryAfter: '7200' }) });
    await expect(ask()).rejects.toMatchObject({ reason: 'no-model' });
    expect(clock.slept).toEqual([]);
  });
});

describe('a cap', () => {
  const cost = reservation.dollars;
  const slowly = { fault: () => ({ kind: 'slow', millisecondsAPiece: 5 }) as const };

  it('on money counts calls under way at the most they may cost, and lets others wait for what is left', async () => {
    const { ask, log } = await campaign(slowly, { maxDollars: 2.5 * cost, requestsAtOnce: 8 });
    let most = 0;
    const append = log.append.bind(log);
    log.append = async (entry) => {
      await append(entry);
      const { dollars, inFlight } = log.state.ledger;
      most = Math.max(most, dollars + inFlight.dollars);
    };
    await Promise.all(Array.from({ length: 8 }, (_, completion) => ask({ completion })));
    expect(most).toBeLessThanOrEqual(2.5 * cost);
    expect(most).toBeGreaterThan(2 * cost);
    expect(log.state.ledger.requests).toBe(8);
  });

  it('on money stops the campaign with what is spent, the cap and the price of the next call', async () => {
    const { ask } = await campaign({ answer: () => 'x'.repeat(4000) }, { maxDollars: 1.5 * cost });
    await ask();
    await expect(ask()).rejects.toMatchObject({
      reason: 'money-budget',
      message: expect.stringMatching(/^\$0\.01\d+ of \$0\.01\d+ spent; the next call to stand-in may cost \$0\.01\d+$/),
    });
    expect(endpoint.requests.length).toBe(1);
  });

  it('on tokens counts those of failed calls that may have been billed', async () => {
    const { ask, log } = await campaign({ fault: first({ kind: 'empty' }) }, { maxTokens: 2.5 * reservation.tokens });
    await ask();
    await ask();
    await ask({}).catch(() => {});
    expect(log.state.ledger.requests).toBeGreaterThan(2);
    const stingy = await campaign({ fault: () => ({ kind: 'empty' }) }, { maxTokens: 1.5 * reservation.tokens });
    await expect(stingy.ask()).rejects.toMatchObject({ reason: 'token-budget' });
  });

  it('on requests counts each try', async () => {
    const { ask } = await campaign({ fault: () => ({ kind: 'status', status: 500 }) }, { maxRequests: 3 });
    await expect(ask()).rejects.toMatchObject({ reason: 'request-budget', message: '3 of 3 requests sent' });
    expect(endpoint.requests.length).toBe(3);
  });

  it('of nothing lets models be asked that cost nothing', async () => {
    const free = { price: { input: 0, cachedInput: 0, output: 0 } };
    const { ask } = await campaign({}, { maxDollars: 0 }, [free]);
    expect((await ask()).answer.text).toBe('Hello.');
  });
});

it('no more calls are under way than the campaign allows', async () => {
  let now = 0;
  let most = 0;
  const answer = async () => {
    most = Math.max(most, ++now);
    await new Promise((done) => setTimeout(done, 10));
    now -= 1;
    return 'done';
  };
  const { ask } = await campaign({ answer }, { requestsAtOnce: 3 });
  await Promise.all(Array.from({ length: 9 }, (_, completion) => ask({ completion })));
  expect(most).toBe(3);
});

it('what an earlier process sent and never saw answered counts as spent, once', async () => {
  const before = await campaign({});
  await before.ask();
  const entries = before.log.entries.filter(({ type }) => type !== 'answer-received');
  await endpoint.close();
  const { dispatcher, log, ask } = await campaign({}, {}, [{}], new MemoryLog(entries));
  await Promise.all([dispatcher.recover(), dispatcher.recover()]);
  expect(log.ofType('request-failed')).toMatchObject([
    { request: 'request-1', failure: 'lost', dollars: reservation.dollars },
  ]);
  expect((await ask()).request.id).toBe('request-2');
  expect(log.state.ledger.inFlight.requests).toBe(0);
});

it('the key stands in no entry, event or error, whatever the endpoint says', async () => {
  const faults: Fault[] = [
    { kind: 'rate-limit' },
    { kind: 'status', status: 502, html: true },
    { kind: 'cut', pieces: 0 },
  ];
  const { ask, log } = await campaign({ fault: ({ number }) => faults[number - 1] ?? { kind: 'revoked' } });
  const error = await ask().catch((error) => error);
  const said = JSON.stringify([log.entries, events, error.message, error.stack, String(error.cause)]);
  expect(said).toMatch(/Incorrect API key provided/);
  expect(said).not.toContain(key);
  expect(said).not.toContain(key.slice(0, 8));
  expect(said).not.toContain(key.slice(-4));
});
