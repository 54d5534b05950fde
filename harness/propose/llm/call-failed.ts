import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import type { CallFailure } from '../../core/exchange.ts';

interface FailureDetails {
  readonly retryAfterSeconds?: number | undefined;
  readonly billed?: 'no' | 'maybe';
  readonly cause?: unknown;
}

/** A call that brought no answer. Its message never holds a key, nor does anything it refers to: the cause is told, not kept. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly failure: CallFailure;
  readonly detail: string;
  /** What the endpoint asked for, from the moment of its answer. */
  readonly retryAfterSeconds: number | undefined;
  /** Whether the endpoint may charge for it: a model that began to write is paid for, whoever broke off. */
  readonly billed: 'no' | 'maybe';

  constructor(failure: CallFailure, detail: string, details: FailureDetails = {}) {
    super(`${failure}: ${detail}`);
    this.failure = failure;
    this.detail = detail;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.billed = details.billed ?? (mayBeBilled(failure) ? 'maybe' : 'no');
  }
}

/** Whether a model may have worked before such a failure. */
export function mayBeBilled(failure: CallFailure): boolean {
  return !['rate-limit', 'server', 'connection', 'quota', 'key', 'request', 'prompt-too-long'].includes(failure);
}

/** Whether asking the same model again is of no use. */
export function isFatal(failure: CallFailure): boolean {
  return failure === 'key' || failure === 'quota' || failure === 'request';
}

const quotaCodes = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active']);
export const contextCode = 'context_length_exceeded';
const filterCodes = new Set(['content_filter', 'content_policy_violation', 'invalid_prompt']);

/** Whether an endpoint would not let a model see the prompt, which is a refusal like a model's own. */
export function isFiltered(error: unknown): boolean {
  return error instanceof APIError && (error.status === 400 || !error.status) && filterCodes.has(String(error.code));
}

/** What an error of the `openai` package means. `begun` says that some of the answer had arrived. */
export function failureOf(error: unknown, begun: boolean): CallFailed {
  if (error instanceof CallFailed) return error;
  if (error instanceof APIConnectionTimeoutError) return new CallFailed('time-out', 'the connection timed out');
  if (error instanceof APIConnectionError) return connectionFailure(error);
  if (error instanceof APIError) return error.status ? statusFailure(error, error.status) : eventFailure(error, begun);
  if (error instanceof SyntaxError)
    return new CallFailed('malformed', `the stream holds what is not JSON: ${error.message}`);
  const detail = causesOf(error);
  return begun
    ? new CallFailed('truncated', `the stream broke: ${detail}`)
    : new CallFailed('connection', detail, { billed: 'maybe' });
}

function statusFailure(error: APIError, status: number): CallFailed {
  const detail = shortened(error.message);
  const retryAfterSeconds = retryAfter(error.headers, Date.now());
  return new CallFailed(statusMeaning(status, error), detail, { retryAfterSeconds });
}

function statusMeaning(status: number, { code, type }: APIError): CallFailure {
  if (status === 401 || status === 403) return 'key';
  // 402 is what prepaid endpoints answer when the balance is used up.
  if (status === 402) return 'quota';
  if (status === 429) return quotaCodes.has(String(code)) || quotaCodes.has(String(type)) ? 'quota' : 'rate-limit';
  // This prompt is too long; the next may not be.
  if (status === 413 || String(code) === contextCode) return 'prompt-too-long';
  if (status >= 500 || status === 408 || status === 409 || status === 425) return 'server';
  return 'request';
}

/** An error reported inside a stream, so without a status. */
function eventFailure(error: APIError, begun: boolean): CallFailed {
  const detail = shortened(error.message);
  const code = String(error.code);
  if (begun) return new CallFailed('truncated', `the endpoint broke off: ${detail}`);
  if (quotaCodes.has(code)) return new CallFailed('quota', detail);
  if (code === 'rate_limit_exceeded') return new CallFailed('rate-limit', detail);
  if (code === contextCode) return new CallFailed('prompt-too-long', detail);
  return new CallFailed('server', detail, { billed: 'maybe' });
}

/** Before a connection stands nothing can have been charged; one that breaks later may have carried the request. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function connectionFailure(error: APIConnectionError): CallFailed {
  const codes = causeChain(error).map(({ code }) => String(code));
  const billed = codes.some((code) => neverConnected.has(code)) ? 'no' : 'maybe';
  return new CallFailed('connection', causesOf(error), { billed });
}

/** Seconds that an endpoint asks to wait: `retry-after-ms`, or Retry-After in seconds or as a date. */
export function retryAfter(headers: Headers | undefined, nowMilliseconds: number): number | undefined {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (milliseconds >= 0) return milliseconds / 1000;
  const text = headers?.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMilliseconds) / 1000);
}

function causeChain(error: unknown): { message: string; code?: unknown }[] {
  const chain: { message: string; code?: unknown }[] = [];
  for (let at = error; at instanceof Error && chain.length < 6; at = at.cause) {
    chain.push({ message: at.message, code: (at as { code?: unknown }).code });
    if (at instanceof AggregateError) chain.push(...causeChain(at.errors[0]));
  }
  return chain;
}

function causesOf(error: unknown): string {
  const messages = causeChain(error).map(({ message }) => message);
  return shortened([...new Set(messages)].filter(Boolean).join(': ') || String(error));
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 400)} …` : line;
}
