import type { Message } from './prompt.ts';

/** What a request is for. `repair` is another turn after a failure, `again` after an answer that was nothing new. */
export const purposes = ['propose', 'again', 'repair', 'digest'] as const;
export type Purpose = (typeof purposes)[number];

/** Tokens of one call; `cachedInput` are among `input`, `reasoning` among `output`. */
export interface TokenUse {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
  readonly reasoning: number;
}

/** A call to a model, durable before it is sent. */
export interface SentRequest {
  /** `request-<n>`, counting from 1 over the campaign. */
  readonly id: string;
  readonly group: number;
  readonly purpose: Purpose;
  readonly model: string;
  /** Id of the prompt; `turns` are what was said after it. */
  readonly prompt: string;
  readonly turns: readonly Message[];
  /** Which of the group's completions it belongs to, counting from 0. */
  readonly completion: number;
  readonly seed?: number;
  /** The most it may cost; freed for what it did cost once it is answered. */
  readonly reserved: { readonly dollars: number; readonly tokens: number };
}

/** Log-probability of each token that a model wrote, where its endpoint tells. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
}

/** What a model answered, durable before it is used. */
export interface ModelAnswer {
  readonly text: string;
  /** `stop`, `length` where it ran into the limit, `refusal` where the model would not. */
  readonly finish: 'stop' | 'length' | 'refusal';
  readonly tokens: TokenUse;
  /** The model as the endpoint names it, for instance with its date. */
  readonly servedBy: string;
  readonly logprobs?: readonly TokenLogprob[];
  /** The endpoint's own id of the answer. */
  readonly endpointId?: string;
  readonly seconds: number;
}

/** Why a call brought no answer. Only `quota`, `key` and `request` mean that the model is of no more use. */
export const callFailures = [
  'rate-limit',
  'server',
  'time-out',
  'connection',
  'truncated',
  'too-large',
  /** The prompt is longer than the model reads: nothing was written, and the same again is of no use. */
  'prompt-too-long',
  'malformed',
  'empty',
  'quota',
  'key',
  'request',
  /** Sent before this process died, and never answered as far as it knows; its price counts as spent. */
  'lost',
] as const;
export type CallFailure = (typeof callFailures)[number];

/** What has been spent on models, and what is promised to calls under way. */
export interface Ledger {
  readonly requests: number;
  readonly dollars: number;
  readonly tokens: TokenUse;
  /** Of calls that were sent and not answered yet. */
  readonly inFlight: { readonly requests: number; readonly dollars: number; readonly tokens: number };
}

export const emptyLedger: Ledger = {
  requests: 0,
  dollars: 0,
  tokens: { input: 0, cachedInput: 0, output: 0, reasoning: 0 },
  inFlight: { requests: 0, dollars: 0, tokens: 0 },
};

/** Dollars a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** A model as a campaign knows it: where it answers, and what it costs. Snapshotted when the campaign begins. */
export interface ModelCard {
  readonly model: string;
  readonly api: 'chat' | 'responses';
  /** For instance `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Name of the environment variable that holds the key; null for an endpoint that wants none. The key itself is nowhere. */
  readonly keyVariable: string | null;
  readonly price: ModelPrice;
  /** What the endpoint calls the limit on tokens of an answer: chat endpoints other than OpenAI's know `max_tokens` only. */
  readonly limitField?: 'max_tokens' | 'max_completion_tokens';
  /** Whether a temperature may be sent; reasoning models refuse it. */
  readonly temperature?: boolean;
  /** Whether a seed may be sent to a chat endpoint; some refuse fields they do not know. The Responses API has none. */
  readonly seed?: boolean;
  readonly logprobs?: boolean;
}

/** Dollars for so many tokens. */
export function priceOf({ input, cachedInput, output }: TokenUse, price: ModelPrice): number {
  return ((input - cachedInput) * price.input + cachedInput * price.cachedInput + output * price.output) / 1e6;
}
