/** What harness and referee say to each other: one JSON request a line in, one JSON answer a line out. */
import { z } from 'zod';

export type RefereeRequest =
  /** Maps the dataset and draws the order in which queries are served. `core`: where players are pinned; -1: nowhere. */
  | {
      readonly op: 'open';
      readonly base: string;
      readonly queries: string;
      readonly truth: string;
      readonly k: number;
      readonly seed: number;
      readonly core: number;
    }
  /** Runs a building player; a valid graph is kept at the path `graph`. */
  | {
      readonly op: 'build';
      readonly argv: readonly string[];
      readonly graph: string;
      readonly maxDegree: number;
      readonly limitSeconds: number;
    }
  /** Starts searching players side by side. */
  | { readonly op: 'start'; readonly players: readonly PlayerStart[]; readonly limitSeconds: number }
  /**
   * Times batches in this order. `from` counts queries in the drawn order. With `counters`, hardware events are counted too,
   * which costs the player time: not for figures that are ranked.
   */
  | {
      readonly op: 'run';
      readonly batches: readonly Batch[];
      readonly limitSeconds: number;
      readonly counters?: boolean;
    }
  /** Asks the same queries twice, with others in between, and looks at what the player does when nothing is asked. */
  | {
      readonly op: 'audit';
      readonly player: string;
      readonly effort: number;
      readonly queries: { readonly from: number; readonly count: number };
      readonly others: { readonly from: number; readonly count: number };
      readonly limitSeconds: number;
    }
  | { readonly op: 'stop'; readonly player: string };

export interface PlayerStart {
  readonly name: string;
  readonly argv: readonly string[];
  readonly graph: string;
  /** Whether it must give up all memory but scratch, and its system calls, before it is asked; true where absent. */
  readonly lock?: boolean;
  /** Processes that share its batches, a core each; default one. */
  readonly copies?: number;
}

export interface Batch {
  readonly player: string;
  readonly effort: number;
  readonly from: number;
  readonly count: number;
}

const failed = z.object({
  kind: z.literal('failed'),
  how: z.enum(['crashed', 'timed-out', 'out-of-memory', 'tampered']),
  detail: z.string(),
  signal: z.string(),
  limitSeconds: z.number(),
  player: z.string().optional(),
});

/** Events of the player's thread in user mode, summed over a batch; those that cannot be counted here are absent. */
const eventCounts = z.object({
  instructions: z.number().optional(),
  cycles: z.number().optional(),
  cacheMisses: z.number().optional(),
  branchMisses: z.number().optional(),
  /** Loads that missed the data TLB. */
  tlbMisses: z.number().optional(),
  pageFaults: z.number().optional(),
  /** Distances evaluated, by the account of a player that was compiled to count them; else 0. */
  distances: z.number().nonnegative(),
});

const ranBatch = z.object({
  wallSeconds: z.number().nonnegative(),
  cpuSeconds: z.number().nonnegative(),
  waitSeconds: z.number().nonnegative(),
  recall: z.number().min(0).max(1),
  counters: eventCounts.optional(),
});

export const refereeAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), count: z.number(), dimension: z.number(), queries: z.number() }),
  z.object({
    kind: z.literal('built'),
    seconds: z.number(),
    cpuSeconds: z.number(),
    peakBytes: z.number(),
    graphBytes: z.number(),
    degree: z.number(),
    meanDegree: z.number(),
  }),
  z.object({
    kind: z.literal('started'),
    players: z.array(
      z.object({
        player: z.string(),
        prepareSeconds: z.number().optional(),
        indexBytes: z.number().optional(),
        peakBytes: z.number().optional(),
        failure: failed.optional(),
      }),
    ),
  }),
  z.object({ kind: z.literal('ran'), batches: z.array(ranBatch) }),
  z.object({ kind: z.literal('audited') }),
  z.object({ kind: z.literal('stopped') }),
  failed,
  z.object({ kind: z.literal('error'), detail: z.string() }),
]);

export type RefereeAnswer = z.infer<typeof refereeAnswer>;
export type AnswerOf<K extends RefereeAnswer['kind']> = Extract<RefereeAnswer, { kind: K }>;
export type EventCounts = z.infer<typeof eventCounts>;
export type RanBatch = z.infer<typeof ranBatch>;
/** A player's end before its time: the candidate's own failure, in the referee's words. */
export type PlayerFailure = z.infer<typeof failed>;

/**
 * What a batch costs: wall time, less what other processes kept the player's main thread from its core, but never less than the
 * CPU time of all its threads. Extra threads buy nothing (what they take is CPU time, and what they make the main thread wait
 * is less than that); sleeping only adds wall time; and a neighbour on the core costs nobody a ranking.
 */
export function batchCost({ wallSeconds, cpuSeconds, waitSeconds }: RanBatch): number {
  return Math.max(cpuSeconds, wallSeconds - waitSeconds);
}
