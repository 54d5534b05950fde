import type OpenAI from 'openai';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { ModelCard } from '../../core/exchange.ts';
import type { Message } from '../../core/prompt.ts';
import { type AnswerDraft, tokenUse } from './answer-draft.ts';
import type { AskOptions } from './ask-options.ts';
import { CallFailed, contextCode } from './call-failed.ts';
import { cacheKey, isOpenAi } from './prompt-cache.ts';

/** Streams an answer of the Responses API into `draft`; it may end without a finish. This API takes no seed. */
export async function streamResponse(
  client: OpenAI,
  card: ModelCard,
  messages: readonly Message[],
  options: AskOptions,
  draft: AnswerDraft,
  signal: AbortSignal,
): Promise<void> {
  const stream = await client.responses.create(
    {
      model: card.model,
      input: messages.map(({ role, content }) => ({ role, content })),
      stream: true,
      store: false,
      max_output_tokens: options.maxTokens,
      ...(card.temperature !== false && options.temperature !== undefined ? { temperature: options.temperature } : {}),
      ...(card.logprobs && options.logprobs ? { include: ['message.output_text.logprobs'] } : {}),
      ...(isOpenAi(card) ? { prompt_cache_key: cacheKey(messages) } : {}),
    },
    { signal },
  );
  for await (const event of stream) {
    if (event.type === 'response.output_item.added') options.onBegun?.();
    readEvent(event, draft);
    if (draft.finish) return;
  }
}

/** @throws CallFailed where the response failed */
function readEvent(event: ResponseStreamEvent, draft: AnswerDraft): void {
  draft.events += 1;
  switch (event.type) {
    case 'response.created':
      draft.servedBy ??= event.response.model || null;
      draft.endpointId ??= event.response.id || null;
      break;
    case 'response.output_text.delta':
      draft.add(event.delta);
      draft.addLogprobs(event.logprobs);
      break;
    case 'response.refusal.delta':
      draft.addRefusal(event.delta);
      break;
    case 'response.completed':
    case 'response.incomplete':
      readEnd(event.response, draft);
      break;
    case 'response.failed':
      throw failed(event.response.error?.code, event.response.error?.message, draft);
    case 'error':
      throw failed(event.code, event.message, draft);
    default:
      // Reasoning, and parts beginning and ending: nothing that the answer needs.
      break;
  }
}

function readEnd(response: Response, draft: AnswerDraft): void {
  const { usage, incomplete_details: incomplete } = response;
  draft.servedBy = response.model || draft.servedBy;
  draft.endpointId = response.id || draft.endpointId;
  if (usage) {
    draft.tokens = tokenUse(
      usage.input_tokens,
      usage.input_tokens_details?.cached_tokens,
      usage.output_tokens,
      usage.output_tokens_details?.reasoning_tokens,
      usage.total_tokens,
    );
  }
  if (!incomplete) draft.finish = 'stop';
  else draft.finish = incomplete.reason === 'content_filter' ? 'refusal' : 'length';
}

function failed(code: string | null | undefined, message = 'the response failed', draft: AnswerDraft): CallFailed {
  if (draft.begun) return new CallFailed('truncated', `the endpoint broke off: ${message}`);
  if (code === 'insufficient_quota') return new CallFailed('quota', message);
  if (code === 'rate_limit_exceeded') return new CallFailed('rate-limit', message);
  if (code === contextCode) return new CallFailed('prompt-too-long', message);
  if (code === 'invalid_prompt' || code === 'bio_policy') {
    // Not retried as it stands: the draft is an answer that says no.
    draft.finish = 'refusal';
    draft.addRefusal(message);
  }
  return new CallFailed('server', message, { billed: 'maybe' });
}
