import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import {
  chatCompletion,
  chatCompletionChunks,
  finalStatus,
  responseEvents,
  responseObject,
  serialize,
  type WireAnswer,
  type WireEvent,
} from './wire-format.ts';

/** What goes wrong with one request. */
export type Fault =
  | { readonly kind: 'rate-limit'; readonly retryAfter?: string; readonly retryAfterMs?: number }
  | { readonly kind: 'quota' }
  | { readonly kind: 'revoked' }
  /** An error of the server's own, or of a proxy before it where `html` says so. */
  | { readonly kind: 'status'; readonly status: number; readonly html?: boolean; readonly code?: string }
  /** Nothing is answered at all, or nothing after the headers. */
  | { readonly kind: 'hang'; readonly afterHeaders?: boolean }
  | { readonly kind: 'slow'; readonly millisecondsAPiece: number }
  /** The connection ends after so many pieces; rudely where `reset` says so. */
  | { readonly kind: 'cut'; readonly pieces: number; readonly reset?: boolean }
  /** The server reports an error in the midst of the stream, after so many pieces. */
  | { readonly kind: 'error-event'; readonly pieces: number; readonly code: string }
  | { readonly kind: 'invalid-json' }
  /** A page with status 200, as captive portals and wrong addresses give. */
  | { readonly kind: 'not-a-stream' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'huge'; readonly characters: number }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'filtered' }
  /** A chat completion that ends whole, with usage, for a reason that is the provider's own. */
  | { readonly kind: 'own-finish'; readonly reason: string }
  | { readonly kind: 'no-usage' };

/** A request as the stand-in saw it. */
export interface ReceivedRequest {
  /** Counts from 1 over the stand-in's life. */
  readonly number: number;
  readonly api: 'chat' | 'responses';
  readonly authorization: string | undefined;
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the stand-in charges for: every answer that it began to give. */
export interface Bill {
  /** Number of the request. */
  readonly request: number;
  readonly model: string;
  readonly tokens: { readonly input: number; readonly cached: number; readonly output: number };
  /** Whether all of the answer was sent. */
  whole: boolean;
}

export interface StandInOptions {
  /** The only key that is let in; null lets everybody in, and is the default. */
  readonly key?: string | null;
  readonly models?: readonly string[];
  readonly answer?: (request: ReceivedRequest) => string | Promise<string>;
  readonly fault?: (request: ReceivedRequest) => Fault | undefined;
}

/** Characters a token, and tokens a block of the prompt cache. */
const tokenLength = 4;
const cacheBlock = 1024;

/**
 * An OpenAI-compatible endpoint on this machine: /v1/chat/completions and /v1/responses, streamed or whole, and /v1/models.
 * It checks the key, counts tokens (four characters each), remembers prompts as a prompt cache does, obeys the limit on
 * tokens, and fails on demand. Not there: tools, images, stored responses, rate limits of its own.
 */
export class StandInEndpoint implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  readonly bills: Bill[] = [];
  readonly #options: StandInOptions;
  readonly #prompts: string[] = [];
  readonly #server = createServer((request, response) => {
    // A client that hangs up is no failure of the stand-in's.
    this.#serve(request, response).catch(() => response.destroy());
  });

  private constructor(options: StandInOptions) {
    this.#options = options;
  }

  static async open(options: StandInOptions = {}): Promise<StandInEndpoint> {
    const endpoint = new StandInEndpoint(options);
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  /** `http://127.0.0.1:<port>/v1` */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { key = null, models = ['stand-in'] } = this.#options;
    const { authorization } = incoming.headers;
    if (key !== null && authorization !== `Bearer ${key}`) return refuseKey(response, authorization);
    if (incoming.url === '/v1/models') {
      const data = models.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'annvil' }));
      return sendJson(response, 200, { object: 'list', data });
    }
    const api =
      incoming.url === '/v1/chat/completions' ? 'chat' : incoming.url === '/v1/responses' ? 'responses' : null;
    if (!api || incoming.method !== 'POST') {
      return sendError(response, 404, { message: `Invalid URL (${incoming.method} ${incoming.url})`, code: null });
    }
    let text = '';
    for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
    const body = JSON.parse(text) as Record<string, unknown>;
    const request: ReceivedRequest = {
      number: this.requests.length + 1,
      api,
      authorization,
      model: String(body.model),
      messages: (api === 'chat' ? body.messages : body.input) as ReceivedRequest['messages'],
      body,
    };
    this.requests.push(request);
    if (!models.includes(request.model)) {
      const message = `The model \`${request.model}\` does not exist or you do not have access to it.`;
      return sendError(response, 404, { message, code: 'model_not_found' });
    }
    const fault = this.#options.fault?.(request);
    if (fault && failBefore(response, fault, authorization)) return;
    if (fault?.kind === 'hang' && !fault.afterHeaders) return;
    await this.#answer(request, response, fault);
  }

  async #answer(request: ReceivedRequest, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    const { answer, charged } = await this.#wireAnswer(request, fault);
    const { api, body, number, model } = request;
    const bill: Bill = { request: number, model, tokens: charged, whole: false };
    this.bills.push(bill);
    if (body.stream !== true) {
      bill.whole = true;
      return sendJson(
        response,
        200,
        api === 'chat' ? chatCompletion(answer) : responseObject(answer, finalStatus(answer)),
      );
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    response.flushHeaders();
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'invalid-json') return void response.end('data: {"id": "chatcmpl-1", "choices": [{"del\n\n');
    const options = body.stream_options as { include_usage?: boolean } | undefined;
    const events: Iterable<WireEvent> =
      api === 'chat' ? chatCompletionChunks(answer, options?.include_usage === true) : responseEvents(answer);
    let pieces = 0;
    for (const event of events) {
      const isPiece = /"content":"[^"]|"refusal":"[^"]|\.delta"/.test(JSON.stringify(event.data).slice(0, 400));
      if ((fault?.kind === 'cut' || fault?.kind === 'error-event') && isPiece && pieces++ >= fault.pieces) {
        if (fault.kind === 'error-event') return void response.end(serialize(errorEvent(api, fault.code)));
        if (!fault.reset) return void response.end();
        // What was sent is to arrive: a reset takes back what still waits.
        await wait(20);
        return void response.destroy();
      }
      if (response.destroyed) return;
      const room = response.write(serialize(event));
      // The usage comes with the last but the mark of the end, which clients need not wait for.
      bill.whole ||= isLast(event);
      if (!room) await drained(response);
      if (fault?.kind === 'slow') await wait(fault.millisecondsAPiece);
    }
    response.end();
  }

  async #wireAnswer(request: ReceivedRequest, fault: Fault | undefined) {
    const { body, model, number, api } = request;
    const limit = Number(body.max_output_tokens ?? body.max_completion_tokens ?? body.max_tokens ?? Infinity);
    const prompt = JSON.stringify(request.messages);
    const cached = this.#cachedTokens(prompt);
    const whole = piecesOf(await this.#textFor(request, fault));
    // A prompt can be read from the cache once it has been read at all.
    this.#prompts.push(prompt);
    const pieces = fault?.kind === 'huge' ? whole : whole.slice(0, limit);
    const usage = { input: Math.ceil(prompt.length / tokenLength), cached, output: pieces.length };
    const answer: WireAnswer = {
      id: `${api === 'chat' ? 'chatcmpl' : 'resp'}-${number}`,
      model: `${model}-2026-01-01`,
      pieces,
      finish:
        fault?.kind === 'refusal'
          ? 'refusal'
          : fault?.kind === 'filtered'
            ? 'filtered'
            : pieces.length < whole.length
              ? 'length'
              : 'stop',
      logprobs:
        body.logprobs === true ||
        (Array.isArray(body.include) && body.include.includes('message.output_text.logprobs')),
      usage: fault?.kind === 'no-usage' ? null : usage,
      ...(fault?.kind === 'own-finish' && { ownReason: fault.reason }),
    };
    return { answer, charged: usage };
  }

  async #textFor(request: ReceivedRequest, fault: Fault | undefined): Promise<string> {
    if (fault?.kind === 'empty' || fault?.kind === 'filtered') return '';
    if (fault?.kind === 'refusal') return fault.text;
    if (fault?.kind === 'huge') return 'x'.repeat(fault.characters);
    return (await this.#options.answer?.(request)) ?? 'Hello.';
  }

  /** The longest beginning shared with an earlier prompt, in whole blocks. */
  #cachedTokens(prompt: string): number {
    const longest = Math.max(0, ...this.#prompts.map((earlier) => sharedPrefix(earlier, prompt)));
    return Math.floor(longest / tokenLength / cacheBlock) * cacheBlock;
  }
}

function isLast({ event, data }: WireEvent): boolean {
  if (event !== undefined) return /^response\.(completed|incomplete)$/.test(event);
  return data === '[DONE]' || Boolean((data as { usage?: unknown }).usage);
}

/** Resolves once more can be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle);
      done();
    };
    response.on('drain', settle).on('close', settle);
  });
}

function sharedPrefix(one: string, other: string): number {
  const end = Math.min(one.length, other.length);
  let length = 0;
  while (length < end && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

/** Tokens of a text; a huge one comes in greater pieces, so that it takes no longer than a real one. */
function piecesOf(text: string): string[] {
  const size = text.length > 500_000 ? 10_000 : tokenLength;
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));
}

/** Answers with an error instead of a stream. Returns whether it did. */
function failBefore(response: ServerResponse, fault: Fault, authorization: string | undefined): boolean {
  switch (fault.kind) {
    case 'rate-limit': {
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
      if (fault.retryAfterMs !== undefined) response.setHeader('retry-after-ms', fault.retryAfterMs);
      const message = 'Rate limit reached for requests. Please try again later.';
      sendError(response, 429, { message, type: 'requests', code: 'rate_limit_exceeded' });
      return true;
    }
    case 'quota': {
      const message = 'You exceeded your current quota, please check your plan and billing details.';
      sendError(response, 429, { message, type: 'insufficient_quota', code: 'insufficient_quota' });
      return true;
    }
    case 'revoked':
      refuseKey(response, authorization);
      return true;
    case 'status': {
      if (fault.html) {
        response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html><h1>Bad gateway</h1></html>');
        return true;
      }
      const message = 'The server had an error while processing your request.';
      sendError(response, fault.status, { message, type: 'server_error', code: fault.code ?? null });
      return true;
    }
    case 'not-a-stream':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the network</html>');
      return true;
    default:
      return false;
  }
}

/** Like OpenAI's own, it quotes a part of the key; `sloppy` endpoints quote all of it, and so does this one. */
function refuseKey(response: ServerResponse, authorization = ''): void {
  const key = authorization.replace('Bearer ', '');
  const masked = key.length > 8 ? `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}` : key;
  const message = `Incorrect API key provided: ${masked} (${key}). You can find your API key in your account.`;
  sendError(response, 401, { message, type: 'invalid_request_error', code: 'invalid_api_key' });
}

function errorEvent(api: ReceivedRequest['api'], code: string): WireEvent {
  const message = 'The server had an error while processing your request.';
  if (api === 'chat') return { data: { error: { message, type: 'server_error', param: null, code } } };
  return { event: 'error', data: { type: 'error', code, message, param: null, sequence_number: 9 } };
}

function sendError(response: ServerResponse, status: number, error: Readonly<Record<string, unknown>>): void {
  sendJson(response, status, { error: { type: 'invalid_request_error', param: null, ...error } });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
