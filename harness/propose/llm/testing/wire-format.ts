/**
 * What OpenAI's two streaming protocols put on the wire, event by event, as the `openai` package declares them
 * (resources/chat/completions and resources/responses). Only text, refusals, usage and log-probabilities.
 */

/** An answer as the stand-in gives it. */
export interface WireAnswer {
  readonly id: string;
  readonly model: string;
  /** The text, in the pieces in which it is streamed. */
  readonly pieces: readonly string[];
  readonly finish: 'stop' | 'length' | 'refusal' | 'filtered';
  /** A finish reason that only this provider gives, in place of what `finish` stands for; of chat completions alone. */
  readonly ownReason?: string;
  readonly logprobs: boolean;
  /** Null where the endpoint keeps silent about it, as some local servers do. */
  readonly usage: { readonly input: number; readonly cached: number; readonly output: number } | null;
}

export interface WireEvent {
  /** Name of the server-sent event; chat completions are sent without one. */
  readonly event?: string;
  readonly data: object | string;
}

const created = 1_700_000_000;

/** Log-probability of a piece: made up, but the same each time. */
function logprobOf(piece: string): number {
  return -piece.length / 8;
}

function chatUsage(usage: WireAnswer['usage']) {
  if (!usage) return undefined;
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

const chatFinish = { stop: 'stop', length: 'length', refusal: 'stop', filtered: 'content_filter' } as const;

function chatReason({ finish, ownReason }: WireAnswer): string {
  return ownReason ?? chatFinish[finish];
}

export function chatCompletion(answer: WireAnswer): object {
  const { id, model, finish } = answer;
  const text = answer.pieces.join('');
  const message = {
    role: 'assistant',
    content: finish === 'refusal' ? null : text,
    refusal: finish === 'refusal' ? text : null,
  };
  const choice = {
    index: 0,
    message,
    logprobs: chatLogprobs(answer, answer.pieces),
    finish_reason: chatReason(answer),
  };
  return { id, object: 'chat.completion', created, model, choices: [choice], usage: chatUsage(answer.usage) };
}

function chatLogprobs({ logprobs }: WireAnswer, pieces: readonly string[]) {
  if (!logprobs) return null;
  const content = pieces.map((token) => ({
    token,
    logprob: logprobOf(token),
    bytes: [...Buffer.from(token)],
    top_logprobs: [],
  }));
  return { content, refusal: null };
}

/** `data:` lines only, the last of them `[DONE]`; before it the usage, where it was asked for. */
export function* chatCompletionChunks(answer: WireAnswer, includeUsage: boolean): Generator<WireEvent> {
  const { id, model, finish } = answer;
  const chunk = (choices: readonly object[], usage: object | null = null) => ({
    data: {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      system_fingerprint: 'fp_standin',
      choices,
      ...(includeUsage ? { usage } : {}),
    },
  });
  const choice = (delta: object, finishReason: string | null, logprobs: object | null = null) => ({
    index: 0,
    delta,
    logprobs,
    finish_reason: finishReason,
  });
  yield chunk([choice({ role: 'assistant', content: '', refusal: null }, null)]);
  for (const piece of answer.pieces) {
    const delta = finish === 'refusal' ? { refusal: piece } : { content: piece };
    yield chunk([choice(delta, null, chatLogprobs(answer, [piece]))]);
  }
  yield chunk([choice({}, chatReason(answer))]);
  if (includeUsage && answer.usage) yield chunk([], chatUsage(answer.usage) ?? null);
  yield { data: '[DONE]' };
}

function responsesUsage(usage: WireAnswer['usage']) {
  if (!usage) return null;
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.output,
  };
}

function responsesLogprobs({ logprobs }: WireAnswer, pieces: readonly string[]) {
  if (!logprobs) return [];
  return pieces.map((token) => ({
    token,
    logprob: logprobOf(token),
    bytes: [...Buffer.from(token)],
    top_logprobs: [],
  }));
}

/** A whole response object, as a request that does not stream is answered with. */
export function responseObject(answer: WireAnswer, status: 'in_progress' | 'completed' | 'incomplete'): object {
  const { id, model, finish } = answer;
  const done = status !== 'in_progress';
  const reason = finish === 'length' ? 'max_output_tokens' : 'content_filter';
  return {
    id,
    object: 'response',
    created_at: created,
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    instructions: null,
    metadata: {},
    model,
    output: done ? [messageItem(answer, status)] : [],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    store: false,
    usage: done ? responsesUsage(answer.usage) : null,
  };
}

function messageItem(answer: WireAnswer, status: string) {
  return { id: `msg_${answer.id}`, type: 'message', role: 'assistant', status, content: [contentPart(answer)] };
}

function contentPart(answer: WireAnswer, pieces = answer.pieces) {
  if (answer.finish === 'refusal') return { type: 'refusal', refusal: pieces.join('') };
  return { type: 'output_text', text: pieces.join(''), annotations: [], logprobs: responsesLogprobs(answer, pieces) };
}

export function finalStatus({ finish }: WireAnswer): 'completed' | 'incomplete' {
  return finish === 'length' || finish === 'filtered' ? 'incomplete' : 'completed';
}

/** Named events with a running number; there is no `[DONE]`. */
export function* responseEvents(answer: WireAnswer): Generator<WireEvent> {
  let sequence = 0;
  const event = (type: string, fields: object): WireEvent => ({
    event: type,
    data: { type, sequence_number: sequence++, ...fields },
  });
  const at = { item_id: `msg_${answer.id}`, output_index: 0, content_index: 0 };
  const refusal = answer.finish === 'refusal';
  const text = answer.pieces.join('');
  const status = finalStatus(answer);
  yield event('response.created', { response: responseObject(answer, 'in_progress') });
  yield event('response.in_progress', { response: responseObject(answer, 'in_progress') });
  const item = { ...messageItem(answer, 'in_progress'), content: [] };
  yield event('response.output_item.added', { output_index: 0, item });
  yield event('response.content_part.added', { ...at, part: contentPart(answer, []) });
  for (const piece of answer.pieces) {
    yield refusal
      ? event('response.refusal.delta', { ...at, delta: piece })
      : event('response.output_text.delta', { ...at, delta: piece, logprobs: responsesLogprobs(answer, [piece]) });
  }
  yield refusal
    ? event('response.refusal.done', { ...at, refusal: text })
    : event('response.output_text.done', { ...at, text, logprobs: responsesLogprobs(answer, answer.pieces) });
  yield event('response.content_part.done', { ...at, part: contentPart(answer) });
  yield event('response.output_item.done', { output_index: 0, item: messageItem(answer, status) });
  yield event(`response.${status}`, { response: responseObject(answer, status) });
}

/** One server-sent event. */
export function serialize({ event, data }: WireEvent): string {
  return `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}
