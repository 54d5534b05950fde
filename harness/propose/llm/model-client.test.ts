import { afterEach, describe, expect, it } from 'vitest';
import type { ModelCard } from '../../core/exchange.ts';
import type { Message } from '../../core/prompt.ts';
import type { AskOptions } from './ask-options.ts';
import { type CallFailed, retryAfter } from './call-failed.ts';
import { withoutKey } from './key-scrubber.ts';
import { askModel } from './model-client.ts';
import { standInCard } from './testing/cards.ts';
import { type Fault, StandInEndpoint, type StandInOptions } from './testing/stand-in-endpoint.ts';

const key = 'sk-proj-4f9aQ7zT1bKx82LmN0vR';
const apis = ['chat', 'responses'] as const;
const messages: Message[] = [
  { role: 'system', content: 'You write headers.' },
  { role: 'user', content: 'Write one.' },
  { role: 'assistant', content: 'Which?' },
  { role: 'user', content: 'Any.' },
];
const header = '#pragma once\n// ä, 日本 and \u{1f600}\nnamespace candidate {}\n';

let endpoint: StandInEndpoint;
afterEach(() => endpoint?.close());

async function ask(
  standIn: StandInOptions,
  card: Partial<ModelCard> = {},
  options: Partial<AskOptions> = {},
  given: string | undefined = key,
) {
  endpoint = await StandInEndpoint.open({ key, answer: () => header, ...standIn });
  const signal = new AbortController().signal;
  const all = { maxTokens: 1000, logprobs: false, timeoutSeconds: 5, signal, ...options };
  return askModel(standInCard(endpoint.baseUrl, card), given, messages, all);
}

function failing(fault: Fault, api: ModelCard['api'], options: Partial<AskOptions> = {}): Promise<CallFailed> {
  return ask({ fault: () => fault }, { api }, options).then(
    (answer) => expect.fail(`answered ${JSON.stringify(answer).slice(0, 200)}`),
    (error) => error,
  );
}

describe.each(apis)('a model asked over the %s API', (api) => {
  it('answers with its text, tokens, name and id', async () => {
    const answer = await ask({}, { api });
    expect(answer).toMatchObject({ text: header, finish: 'stop', servedBy: 'stand-in-2026-01-01' });
    expect(answer.endpointId).toMatch(/-1$/);
    expect(answer.tokens.input).toBeGreaterThan(10);
    expect(answer.tokens.output).toBe(Math.ceil(header.length / 4));
    expect(endpoint.requests[0]!.messages).toEqual(messages);
  });

  it('is sent a limit, and a temperature only where its card allows one', async () => {
    await ask({}, { api, temperature: false }, { temperature: 0.5, seed: 7 });
    const [first] = endpoint.requests;
    expect(first!.body).toMatchObject({ stream: true, [api === 'chat' ? 'max_tokens' : 'max_output_tokens']: 1000 });
    expect(first!.body).not.toHaveProperty('temperature');
    expect(first!.body.seed).toBe(api === 'chat' ? 7 : undefined);
    if (api === 'responses') expect(first!.body.store).toBe(false);
    await endpoint.close();
    await ask({}, { api }, { temperature: 0.5 });
    expect(endpoint.requests[0]!.body.temperature).toBe(0.5);
  });

  it('gives log-probabilities where they are wanted and its card says that it has them', async () => {
    const { logprobs, text } = await ask({}, { api, logprobs: true }, { logprobs: true });
    expect(logprobs!.map(({ token }) => token).join('')).toBe(text);
    await endpoint.close();
    expect(await ask({}, { api }, { logprobs: true })).not.toHaveProperty('logprobs');
  });

  it('counts what it read from its cache, for prompts that begin alike', async () => {
    endpoint = await StandInEndpoint.open();
    const card = standInCard(endpoint.baseUrl, { api });
    const options = { maxTokens: 100, logprobs: false, timeoutSeconds: 5, signal: new AbortController().signal };
    const long = { role: 'system', content: 'x'.repeat(10_000) } as const;
    const first = await askModel(card, undefined, [long, { role: 'user', content: 'a' }], options);
    const second = await askModel(card, undefined, [long, { role: 'user', content: 'b' }], options);
    expect(first.tokens.cachedInput).toBe(0);
    expect(second.tokens.cachedInput).toBe(2048);
  });

  it('that ran into the limit says so', async () => {
    expect(await ask({}, { api }, { maxTokens: 3 })).toMatchObject({ finish: 'length', text: header.slice(0, 12) });
  });

  it('that will not answer gives a refusal, whether it says so or a filter does', async () => {
    expect(await ask({ fault: () => ({ kind: 'refusal', text: 'I cannot.' }) }, { api })).toMatchObject({
      finish: 'refusal',
      text: 'I cannot.',
    });
    await endpoint.close();
    expect(await ask({ fault: () => ({ kind: 'filtered' }) }, { api })).toMatchObject({ finish: 'refusal' });
    await endpoint.close();
    const filter = { kind: 'status', status: 400, code: 'content_filter' } as const;
    expect(await ask({ fault: () => filter }, { api })).toMatchObject({ finish: 'refusal', tokens: { input: 0 } });
  });

  it('that keeps silent about tokens is reckoned on the high side', async () => {
    const answer = await ask({ fault: () => ({ kind: 'no-usage' }) }, { api });
    expect(answer.tokens.output).toBeGreaterThanOrEqual(Math.ceil(header.length / 4));
    expect(answer.tokens.input).toBeGreaterThanOrEqual(10);
  });

  it.each<[string, Fault, Partial<CallFailed>]>([
    ['429', { kind: 'rate-limit' }, { failure: 'rate-limit', billed: 'no', retryAfterSeconds: undefined }],
    ['429 with seconds', { kind: 'rate-limit', retryAfter: '17' }, { failure: 'rate-limit', retryAfterSeconds: 17 }],
    ['429 with milliseconds', { kind: 'rate-limit', retryAfterMs: 1500, retryAfter: '2' }, { retryAfterSeconds: 1.5 }],
    ['a spent quota', { kind: 'quota' }, { failure: 'quota', billed: 'no' }],
    ['a revoked key', { kind: 'revoked' }, { failure: 'key', billed: 'no' }],
    ['402', { kind: 'status', status: 402 }, { failure: 'quota' }],
    ['500', { kind: 'status', status: 500 }, { failure: 'server', billed: 'no' }],
    ["a proxy's 502 page", { kind: 'status', status: 502, html: true }, { failure: 'server' }],
    ['400', { kind: 'status', status: 400 }, { failure: 'request', billed: 'no' }],
    ['422', { kind: 'status', status: 422 }, { failure: 'request' }],
    ['413', { kind: 'status', status: 413 }, { failure: 'prompt-too-long', billed: 'no' }],
    [
      'a prompt over the context',
      { kind: 'status', status: 400, code: 'context_length_exceeded' },
      { failure: 'prompt-too-long', billed: 'no' },
    ],
    [
      'a prompt over the context, said in the stream',
      { kind: 'error-event', pieces: 0, code: 'context_length_exceeded' },
      { failure: 'prompt-too-long', billed: 'no' },
    ],
    ['a cut stream', { kind: 'cut', pieces: 3 }, { failure: 'truncated', billed: 'maybe' }],
    ['a reset connection', { kind: 'cut', pieces: 3, reset: true }, { failure: 'truncated', billed: 'maybe' }],
    ['an error in the stream', { kind: 'error-event', pieces: 3, code: 'server_error' }, { failure: 'truncated' }],
    [
      'a rate limit in the stream',
      { kind: 'error-event', pieces: 0, code: 'rate_limit_exceeded' },
      { failure: 'rate-limit' },
    ],
    ['invalid JSON', { kind: 'invalid-json' }, { failure: 'malformed', billed: 'maybe' }],
    ['a web page', { kind: 'not-a-stream' }, { failure: 'malformed' }],
    ['an empty answer', { kind: 'empty' }, { failure: 'empty', billed: 'maybe' }],
    ['2 MB', { kind: 'huge', characters: 2_100_000 }, { failure: 'too-large', billed: 'maybe' }],
  ])('fails by name: %s', async (_, fault, expected) => {
    expect(await failing(fault, api)).toMatchObject({ name: 'CallFailed', ...expected });
  });

  it('fails where nothing comes in time, before the headers, after them, or to the end', async () => {
    const soon = { firstEventSeconds: 0.05 };
    expect(await failing({ kind: 'hang' }, api, soon)).toMatchObject({ failure: 'time-out', billed: 'maybe' });
    await endpoint.close();
    expect(await failing({ kind: 'hang', afterHeaders: true }, api, soon)).toMatchObject({ failure: 'time-out' });
    await endpoint.close();
    const slow = { kind: 'slow', millisecondsAPiece: 30 } as const;
    expect(await failing(slow, api, { timeoutSeconds: 0.2 })).toMatchObject({ failure: 'time-out' });
  });

  it('that nobody waits for any more is broken off at once', async () => {
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 50);
    const failure = await failing({ kind: 'hang', afterHeaders: true }, api, { signal: caller.signal });
    expect(failure).toMatchObject({ failure: 'lost', billed: 'maybe' });
  });

  it('that does not exist is a request that makes no sense', async () => {
    await expect(ask({}, { api, model: 'nobody' })).rejects.toMatchObject({ failure: 'request' });
  });

  it('never repeats the key, though the endpoint quotes it', async () => {
    const other = 'sk-proj-Zb81yQwE55TgHn3KpLd2';
    const failure = await ask({}, { api }, {}, other).catch((error) => error);
    expect(failure.failure).toBe('key');
    expect(failure.detail).toMatch(/Incorrect API key provided/);
    const said = `${failure.stack} ${JSON.stringify(failure)} ${failure.cause}`;
    for (const part of [other, other.slice(0, 8), other.slice(-4)]) expect(said).not.toContain(part);
  });
});

it.each(['insufficient_system_resource', 'abort'])(
  'an answer that the provider ended with %s is no answer',
  async (reason) => {
    const failure = await failing({ kind: 'own-finish', reason }, 'chat');
    expect(failure).toMatchObject({ name: 'CallFailed', failure: 'truncated', billed: 'maybe' });
    expect(failure.detail).toBe(`the endpoint ended the answer with "${reason}"`);
  },
);

it('an endpoint that is not there costs nothing', async () => {
  endpoint = await StandInEndpoint.open();
  const card = standInCard(endpoint.baseUrl);
  await endpoint.close();
  const options = { maxTokens: 10, logprobs: false, timeoutSeconds: 5, signal: new AbortController().signal };
  await expect(askModel(card, key, messages, options)).rejects.toMatchObject({ failure: 'connection', billed: 'no' });
});

it('no key is sent where there is none', async () => {
  await ask({ key: null }, { keyVariable: null }, {}, undefined);
  expect(endpoint.requests[0]!.authorization).toBeUndefined();
});

it('understands Retry-After in seconds, in milliseconds and as a date', () => {
  const at = (fields: Record<string, string>) => retryAfter(new Headers(fields), Date.parse('2026-01-01T00:00:00Z'));
  expect(at({ 'retry-after': '90' })).toBe(90);
  expect(at({ 'retry-after-ms': '250', 'retry-after': '1' })).toBe(0.25);
  expect(at({ 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' })).toBe(120);
  expect(at({ 'retry-after': 'soon' })).toBeUndefined();
  expect(at({})).toBeUndefined();
});

it('a text without the key still says what it said', () => {
  expect(withoutKey(`Incorrect API key provided: sk-p***vR. See "${key}".`, key)).toBe(
    'Incorrect API key provided: [key] See "[key]".',
  );
  expect(withoutKey('Rate limit reached... try again', key)).toBe('Rate limit reached... try again');
});
