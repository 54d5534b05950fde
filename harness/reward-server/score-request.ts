import { createHash } from 'node:crypto';
import { z } from 'zod';
import { allSlots } from '../core/target.ts';
import { type Conditions, championIds } from './conditions.ts';

/** Completions of one prompt that are scored together: one entry of the queue, on one machine, beside one champion. */
export const scoreRequest = z.strictObject({
  slot: z.enum(allSlots),
  /** As many as a group of a campaign may have. An empty one is a candidate's failure, not a bad request. */
  completions: z.array(z.string()).min(1).max(64),
  /** `answer`: as a model wrote it, to be read; `header`: C++ and nothing else. */
  kind: z.enum(['answer', 'header']).default('answer'),
  /** The caller's own name for the group; handed back, and no part of its identity. */
  group: z.string().max(256).optional(),
  /** Id of the candidate that edits apply to; default: the slot's champion. */
  parent: z.string().max(256).optional(),
});
export type ScoreRequest = z.infer<typeof scoreRequest>;

/** What must be equal for two requests to be one: 64 hex digits of SHA-256. */
export function groupHash({ slot, completions, kind, parent }: ScoreRequest, conditions: Conditions): string {
  const { champions, fingerprint, measuring, learning } = conditions;
  const { value } = champions[slot].championSpeedup;
  const told = { slot, completions, kind, parent: parent ?? champions[slot].candidate.id };
  return hash({ ...told, champions: championIds(conditions), value, fingerprint, measuring, learning });
}

/** The same for one header: what it earned in one group, it earns in the next. */
export function outcomeHash(candidate: string, conditions: Conditions): string {
  const { fingerprint, measuring } = conditions;
  return hash({ candidate, champions: championIds(conditions), fingerprint, measuring });
}

function hash(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
