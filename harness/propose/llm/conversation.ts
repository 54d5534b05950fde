import type { CampaignState, Exchange, Group } from '../../core/campaign-state.ts';
import type { ModelAnswer, SentRequest } from '../../core/exchange.ts';
import type { Message } from '../../core/prompt.ts';

/** An exchange that was answered. */
export interface Answered {
  readonly request: SentRequest;
  readonly answer: ModelAnswer;
}

/** What tells one thing that was asked from another. */
export type Asked = Pick<SentRequest, 'group' | 'purpose' | 'completion' | 'prompt' | 'turns'>;

/**
 * The durable answers to just this, in the order they were asked for. Where there is one, it was paid for and is not bought
 * again: a process may have died between an answer and what was to become of it.
 */
export function answersTo({ exchanges }: CampaignState, asked: Asked): Answered[] {
  const turns = JSON.stringify(asked.turns);
  return answered(exchanges.values()).filter(
    ({ request }) =>
      request.group === asked.group &&
      request.purpose === asked.purpose &&
      request.completion === asked.completion &&
      request.prompt === asked.prompt &&
      JSON.stringify(request.turns) === turns,
  );
}

/**
 * What a completion was asked again with after `said`, where it was: `said` and what followed. A resumed campaign goes on with
 * it, since what is a copy of what depends on which answer came first.
 */
export function turnsAfter(
  { exchanges }: CampaignState,
  { group, completion, prompt }: Pick<Asked, 'group' | 'completion' | 'prompt'>,
  said: readonly Message[],
): readonly Message[] | null {
  const begins = JSON.stringify(said);
  for (const { request } of exchanges.values()) {
    const { purpose, turns } = request;
    if (purpose !== 'again' || turns.length !== said.length + 1) continue;
    if (request.group !== group || request.completion !== completion || request.prompt !== prompt) continue;
    if (JSON.stringify(turns.slice(0, -1)) === begins) return turns;
  }
  return null;
}

/** The group's completions, counting from 0, that have become no candidate yet. */
export function missingCompletions({ exchanges }: CampaignState, { size, candidates }: Group): number[] {
  const done = new Set(
    candidates.flatMap(({ origin }) =>
      origin.proposer === 'llm' && origin.turn === 1 ? [exchanges.get(origin.request)?.request.completion] : [],
    ),
  );
  return Array.from({ length: size }, (_, completion) => completion).filter((completion) => !done.has(completion));
}

function answered(exchanges: Iterable<Exchange>): Answered[] {
  return [...exchanges].flatMap(({ request, answer }) => (answer ? [{ request, answer }] : []));
}
