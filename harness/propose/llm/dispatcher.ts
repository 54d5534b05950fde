import type { CampaignLog } from '../../core/campaign-state.ts';
import { type ModelAnswer, type ModelCard, priceOf, type SentRequest } from '../../core/exchange.ts';
import type { Message } from '../../core/prompt.ts';
import { ProposerStopped } from '../../core/proposer.ts';
import { Turnstile } from '../../core/turnstile.ts';
import { Bell } from './bell.ts';
import { admission, reservationFor } from './budget.ts';
import { CallFailed, isFatal } from './call-failed.ts';
import { type Clock, realClock } from './clock.ts';
import { withoutKey } from './key-scrubber.ts';
import { askModel } from './model-client.ts';
import { ModelHealth } from './model-health.ts';

/** What a campaign wants from a model. */
export interface Call extends Pick<SentRequest, 'group' | 'purpose' | 'completion' | 'prompt' | 'turns'> {
  /** The whole conversation: the prompt's messages, and the turns. */
  readonly messages: readonly Message[];
  readonly seed?: number;
  /** As in `AskOptions`; called once for each try that gets so far. */
  readonly onBegun?: (() => void) | undefined;
  /** Picks one of the models that can be asked now; asked again for each try. */
  readonly choose: (models: readonly ModelCard[]) => ModelCard;
  readonly signal: AbortSignal;
}

export interface Dispatched {
  readonly request: SentRequest;
  readonly answer: ModelAnswer;
}

export interface DispatcherOptions {
  readonly log: CampaignLog;
  /** The models of the campaign. */
  readonly cards: readonly ModelCard[];
  /** Keys by the name of their variable. */
  readonly keys: ReadonlyMap<string, string>;
  /** Told what a watcher of the campaign should know: a model that is out, or rests. No key stands in it. */
  readonly onEvent: (message: string) => void;
  readonly clock?: Clock;
}

/** Nobody waits for the answer any more. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * This call was tried as often as is reasonable, each time at somebody's expense, or its prompt is too long for every model; other
 * calls may do better.
 */
export class CallAbandoned extends Error {
  override readonly name = 'CallAbandoned';
}

/** Nothing was sent: a model rests for so long, or calls under way hold the money (null). */
interface Wait {
  readonly restSeconds: number | null;
}

/** Tries that may have been billed, a call. What surely cost nothing is tried for as long as an outage may last. */
const billedTries = 3;

/**
 * Sends a campaign's calls. Each try is a request of its own: reserved against the caps together with those under way, durable
 * before it is sent, and its answer or failure durable before anybody sees it. A failure that may pass is tried again after a
 * rest, by another model where one is ready; one that a prompt is too long for is not asked that again, and a model whose key,
 * quota or request is refused is asked no more. Two may serve one campaign only where their calls are never under way together:
 * each waits for its own alone.
 */
export class Dispatcher {
  readonly #log: CampaignLog;
  readonly #cards: readonly ModelCard[];
  readonly #keys: ReadonlyMap<string, string>;
  readonly #onEvent: (message: string) => void;
  readonly #clock: Clock;
  readonly #health: ModelHealth;
  readonly #places: Turnstile;
  /** Checking the caps and reserving is one step. */
  readonly #ledgerTurn = new Turnstile(1);
  /** Calls that an earlier process sent and never saw answered. */
  readonly #lost: readonly SentRequest[];
  #recovered: Promise<void> | null = null;
  #underWay = 0;
  /** Rings whenever a call has been settled, in the ledger too. */
  readonly #settled = new Bell();

  constructor({ log, cards, keys, onEvent, clock = realClock }: DispatcherOptions) {
    this.#log = log;
    this.#cards = cards;
    this.#keys = keys;
    this.#onEvent = onEvent;
    this.#clock = clock;
    this.#health = new ModelHealth(clock);
    this.#places = new Turnstile(log.state.spec.requestsAtOnce);
    this.#lost = [...log.state.exchanges.values()].flatMap(({ request, answer, failure }) =>
      answer || failure ? [] : [request],
    );
    for (const card of cards) {
      if (card.keyVariable !== null && !keys.has(card.keyVariable))
        this.#retire(card, `${card.keyVariable} is not set`);
    }
  }

  /** Writes off what an earlier process sent and never saw answered: it may have been billed. Once; later calls do nothing. */
  recover(): Promise<void> {
    this.#recovered ??= this.#ledgerTurn.through(async () => {
      for (const { id, reserved } of this.#lost) {
        // A control arm's dispatcher may have been first.
        if (this.#log.state.exchanges.get(id)?.failure) continue;
        const detail = 'sent before this process began, and not answered as far as it knows';
        await this.#log.append({ type: 'request-failed', request: id, failure: 'lost', detail, ...reserved });
      }
    });
    return this.#recovered;
  }

  /**
   * Resolves once an answer is durable.
   * @throws ProposerStopped where a cap is reached, no model is left, or none has answered for `outageMinutes`
   * @throws CallAbandoned where this call alone will not succeed
   * @throws Interrupted where the signal is aborted
   */
  async dispatch(call: Call): Promise<Dispatched> {
    await this.recover();
    // They rest as after any failure: a campaign all of whose prompts are too long ends as an outage does.
    const tooSmall = new Set<ModelCard>();
    for (let billed = 0; billed < billedTries; ) {
      const settled = this.#settled.next();
      const tried = await this.#places.through(() => this.#try(call, tooSmall));
      if (tried instanceof CallFailed) billed += tried.billed === 'maybe' ? 1 : 0;
      else if ('answer' in tried) return tried;
      else if (tried.restSeconds === null && this.#underWay > 0) await settledOrAborted(settled, call.signal);
      else await this.#rest(tried.restSeconds ?? 1, settled, call);
    }
    if (call.signal.aborted) throw new Interrupted('interrupted');
    throw new CallAbandoned(`${billedTries} tries brought no answer`);
  }

  /** The models that can be asked now, or how long the first of them rests. @throws ProposerStopped, CallAbandoned */
  #models(
    call: Call,
    tooSmall: ReadonlySet<ModelCard>,
  ): { readonly ready: readonly ModelCard[]; readonly restSeconds: number } {
    const alive = this.#cards.filter((card) => !this.#health.isRetired(card));
    if (alive.length === 0) throw new ProposerStopped('no-model', `no model is left: ${this.#health.reasons()}`);
    const payable = alive.filter((card) => this.#admission(card, call).when !== 'never');
    if (payable.length === 0) this.#stopUnpaid(alive, call);
    const roomy = payable.filter((card) => !tooSmall.has(card));
    if (roomy.length === 0) throw new CallAbandoned('the prompt is too long for every model that can be asked');
    const ready = roomy.filter((card) => this.#health.restLeft(card) === 0);
    const restSeconds = Math.min(...roomy.map((card) => this.#health.restLeft(card)));
    const minutes = this.#log.state.spec.outageMinutes;
    // Who is under way may still end the outage.
    const outage = ready.length === 0 && this.#underWay === 0 ? this.#health.outage(restSeconds, minutes * 60) : null;
    if (outage !== null) {
      throw new ProposerStopped('no-model', `nothing was answered for ${minutes} minutes; last said: ${outage}`);
    }
    return { ready, restSeconds };
  }

  #admission(card: ModelCard, { messages }: Call) {
    const { state } = this.#log;
    return admission(state, card.model, reservationFor(card, messages, state.spec.maxAnswerTokens));
  }

  /** @throws ProposerStopped naming the cheapest model's next call */
  #stopUnpaid(alive: readonly ModelCard[], call: Call): never {
    const cheapest = alive.reduce((one, other) => (other.price.output < one.price.output ? other : one));
    const verdict = this.#admission(cheapest, call);
    if (verdict.when !== 'never') throw new Error('a model that can be paid was counted as one that cannot');
    throw new ProposerStopped(verdict.reason, verdict.detail);
  }

  /** Sleeps, but no longer than until a call is settled: it may have been the success that ends an outage. */
  async #rest(seconds: number, settled: Promise<void>, { signal }: Call): Promise<void> {
    const woken = new AbortController();
    const either = AbortSignal.any([signal, woken.signal]);
    await Promise.race([settled, this.#clock.sleep(seconds, either)]);
    woken.abort();
  }

  /** One request, or how long to wait before there can be one. */
  async #try(call: Call, tooSmall: Set<ModelCard>): Promise<Dispatched | CallFailed | Wait> {
    const sent = await this.#send(call, tooSmall);
    if ('restSeconds' in sent) return sent;
    const { card, request } = sent;
    const sentAt = this.#clock.now();
    try {
      const answer = await this.#ask(card, call);
      await this.#ledgerTurn.through(() =>
        this.#log.append({
          type: 'answer-received',
          request: request.id,
          answer,
          dollars: priceOf(answer.tokens, card.price),
        }),
      );
      this.#health.answered(card);
      return { request, answer };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { failure, detail, billed } = error;
      if (failure === 'prompt-too-long') tooSmall.add(card);
      const lost = billed === 'maybe' ? request.reserved : { dollars: 0, tokens: 0 };
      await this.#ledgerTurn.through(() =>
        this.#log.append({ type: 'request-failed', request: request.id, failure, detail, ...lost }),
      );
      if (!call.signal.aborted) this.#learnFrom(error, card, sentAt);
      return error;
    } finally {
      this.#underWay -= 1;
      this.#settled.ring();
    }
  }

  /**
   * Chooses, reserves and makes durable, as one step: what is checked against the caps is what will be spent, and who chooses
   * next knows what was chosen.
   */
  #send(
    call: Call,
    tooSmall: ReadonlySet<ModelCard>,
  ): Promise<{ readonly card: ModelCard; readonly request: SentRequest } | Wait> {
    return this.#ledgerTurn.through(async () => {
      if (call.signal.aborted) throw new Interrupted('interrupted');
      const { ready, restSeconds } = this.#models(call, tooSmall);
      if (ready.length === 0) return { restSeconds };
      const affordable = ready.filter((card) => this.#admission(card, call).when === 'now');
      if (affordable.length === 0) return { restSeconds: null };
      const card = call.choose(affordable);
      const { state } = this.#log;
      const { group, purpose, completion, prompt, turns, seed } = call;
      const request: SentRequest = {
        id: `request-${state.exchanges.size + 1}`,
        group,
        purpose,
        model: card.model,
        prompt,
        turns,
        completion,
        ...(seed === undefined ? {} : { seed }),
        reserved: reservationFor(card, call.messages, state.spec.maxAnswerTokens),
      };
      await this.#log.append({ type: 'request-sent', request });
      this.#underWay += 1;
      return { card, request };
    });
  }

  #ask(card: ModelCard, { messages, seed, onBegun, signal }: Call): Promise<ModelAnswer> {
    const { maxAnswerTokens, temperature, requestSeconds } = this.#log.state.spec;
    return askModel(card, this.#keyOf(card), messages, {
      maxTokens: maxAnswerTokens,
      temperature,
      seed,
      logprobs: card.logprobs === true,
      onBegun,
      timeoutSeconds: requestSeconds,
      signal,
    });
  }

  #keyOf({ keyVariable }: ModelCard): string | undefined {
    return keyVariable === null ? undefined : this.#keys.get(keyVariable);
  }

  #learnFrom(error: CallFailed, card: ModelCard, sentAt: number): void {
    const { failure, detail } = error;
    if (isFatal(failure)) this.#retire(card, `${failure}: ${detail}`);
    else {
      const rest = this.#health.failed(card, sentAt, error);
      this.#tell(`${card.model}: ${failure}: ${detail}; it rests for ${rest.toFixed(1)} s`);
    }
  }

  #retire(card: ModelCard, reason: string): void {
    if (this.#health.isRetired(card)) return;
    this.#health.retire(card, reason);
    const left = this.#cards.filter((other) => !this.#health.isRetired(other)).map(({ model }) => model);
    this.#tell(`${card.model} is asked no more: ${reason}; left: ${left.join(', ') || 'none'}`);
  }

  /** Details are clean when they come here; this is the last door, so it is looked at again. */
  #tell(message: string): void {
    this.#onEvent([...this.#keys.values()].reduce(withoutKey, message));
  }
}

function settledOrAborted(settled: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const settle = () => {
      signal.removeEventListener('abort', settle);
      done();
    };
    signal.addEventListener('abort', settle);
    if (signal.aborted) settle();
    void settled.then(settle);
  });
}
