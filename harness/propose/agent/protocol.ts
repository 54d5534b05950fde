import { z } from 'zod';
import { outcomeKinds } from '../../core/outcome.ts';
import { allSlots, targets } from '../../core/target.ts';

/** What desk and agents say to each other: JSON over HTTP, and the same over MCP. Times are ISO 8601. */

/** Long polls end by then, well before clients' own time-outs. */
export const longestPollSeconds = 50;

/** A header of a few thousand lines is some 200 kB. */
export const bodyLimitBytes = 2 * 2 ** 20;

export const agentName = z
  .string()
  .regex(/^[\w.@:+-]{1,64}$/, 'an agent is named with 1 to 64 letters, digits or any of . _ @ : + -');

const waitSeconds = z.number().min(0).max(longestPollSeconds).default(0);

export const nextRequest = z.strictObject({ agent: agentName, wait: waitSeconds });
export type NextRequest = z.input<typeof nextRequest>;

export const submission = z.strictObject({
  lease: z.string().min(1).max(100),
  agent: agentName,
  /** A bare C++ header, or a whole answer with sections or edits. */
  text: z.string().min(1),
  analysis: z.string().max(20_000).optional(),
  design: z.string().max(20_000).optional(),
  wait: waitSeconds,
});
export type SubmitRequest = z.input<typeof submission>;

/** One prompt to work on, or how long to wait for one. */
export const turn = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('lease'),
    lease: z.string(),
    expiresAt: z.string(),
    group: z.number().int(),
    slot: z.enum(allSlots),
    /** Id of the candidate that edits apply to. */
    parent: z.string(),
    prompt: z.string().describe('the whole prompt, as text'),
  }),
  z.object({ kind: z.literal('wait'), seconds: z.number().describe('ask again after so long'), reason: z.string() }),
]);
export type Turn = z.infer<typeof turn>;

const timedPoint = z.object({ effort: z.number(), recall: z.number(), qps: z.number() });
const countedPoint = z
  .object({ effort: z.number(), recall: z.number(), cost: z.number() })
  .describe('cost of a query in the unit of the target; less is better');

const interval = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .describe('ratio with its 95 % ends');

/** What became of a candidate. What was not measured, or not yet, is null. */
export const report = z.object({
  candidate: z.string(),
  target: z.enum(targets),
  slot: z.enum(allSlots),
  status: z.enum(['waiting', 'evaluated']),
  /** One line for people. */
  summary: z.string(),
  outcome: z.enum(outcomeKinds).nullable(),
  reward: z.number().nullable(),
  speedupOverChampion: interval.nullable().describe('against the champion it was timed beside'),
  speedupOverSeed: interval.nullable(),
  area: z
    .number()
    .nullable()
    .describe(
      'of the graph: queries/s, mean over the recall window; of a learned target: exp(its reward over the baseline)',
    ),
  curve: z.array(z.union([timedPoint, countedPoint])),
  diagnostics: z.string().nullable().describe('what the compiler, the sanitizer or the rule said'),
  promoted: z.boolean().nullable().describe('whether a second measurement made it champion; null until there is one'),
  repair: z
    .object({ lease: z.string(), expiresAt: z.string() })
    .nullable()
    .describe('submit a mended header under this lease'),
});
export type Report = z.infer<typeof report>;

/** What became of a submission. */
export const submitted = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted'), report }),
  z.object({ kind: z.literal('again'), reason: z.string(), triesLeft: z.number().int() }),
  /** The last try was no candidate either: it is recorded as such. */
  z.object({ kind: z.literal('refused'), reason: z.string(), report }),
  /** The lease is of no more use. */
  z.object({ kind: z.literal('gone'), reason: z.string() }),
]);
export type Submitted = z.infer<typeof submitted>;

export const exemplar = z.object({
  candidate: z.string(),
  role: z.enum(['champion', 'seed', 'other']),
  speedupOverSeed: interval.nullable(),
  source: z.string(),
});
export type Exemplar = z.infer<typeof exemplar>;

export const deskStatus = z.object({
  campaign: z.string(),
  dataset: z.string(),
  evaluations: z.number().int(),
  maxEvaluations: z.number().int(),
  group: z
    .object({
      group: z.number().int(),
      slot: z.enum(allSlots),
      size: z.number().int(),
      answered: z.number().int(),
      leased: z.number().int(),
    })
    .nullable()
    .describe('the group that takes answers; null between groups'),
});
export type DeskStatus = z.infer<typeof deskStatus>;

export function unfinished({ status }: Report): boolean {
  return status === 'waiting';
}
