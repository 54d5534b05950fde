import type { CurvePoint } from './curve-point.ts';
import type { IndexCost } from './index-cost.ts';
import { describeAmount, type LimitedResource } from './limits.ts';
import { isLearned, type Target } from './target.ts';

export type { CountedPoint, CurvePoint, TimedPoint } from './curve-point.ts';
export type { GraphCost, IndexCost, LearnedCost } from './index-cost.ts';
export type { LimitedResource } from './limits.ts';

/** The stages an attempt may pass through, in order. */
export const stages = [
  'check',
  'compile',
  'build',
  'train',
  'prepare',
  'smoke',
  'measure',
  'examine',
  'sanitize',
] as const;
export type Stage = (typeof stages)[number];

/** Those of a target: `sanitize` is for candidates about to be promoted. */
export function stagesOf(target: Target): readonly Stage[] {
  return isLearned(target)
    ? ['check', 'compile', 'train', 'examine']
    : ['check', 'compile', 'build', 'prepare', 'smoke', 'measure', 'sanitize'];
}

/** Wall seconds spent in each stage. */
export type StageSeconds = Readonly<Partial<Record<Stage, number>>>;

/** A value with the ends of its 95 % confidence interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * What an index does for a query at one effort, on average and without noise. Events are the processor's, in user mode; those that
 * the machine does not count are absent.
 */
export interface WorkPoint {
  readonly effort: number;
  /** Evaluations by the contract's helpers, search and refinement together; an index that uses none of them is not counted. */
  readonly distances: number | 'not counted';
  readonly instructions?: number;
  readonly cycles?: number;
  readonly cacheMisses?: number;
  readonly branchMisses?: number;
  readonly tlbMisses?: number;
  readonly pageFaults?: number;
}

/**
 * How a scored challenger stood against the champion it was timed beside: it gains what is required; it is slower; it may be
 * faster, but by less than is required; or all rounds could not tell.
 */
export const verdicts = ['accepted', 'slower', 'no-gain', 'indecisive'] as const;
export type Verdict = (typeof verdicts)[number];

/** One evaluation's result. A candidate's failure is a value; the harness's own failure is thrown and never becomes one. */
export type Outcome =
  | { readonly kind: 'rejected'; readonly rule: string; readonly line?: number; readonly detail: string }
  | { readonly kind: 'compile-error'; readonly diagnostics: string }
  | { readonly kind: 'crashed'; readonly stage: Stage; readonly signal: string; readonly stderr: string }
  | { readonly kind: 'timed-out'; readonly stage: Stage; readonly limitSeconds: number }
  | {
      readonly kind: 'over-limit';
      readonly stage: Stage;
      readonly resource: LimitedResource;
      readonly limit: number;
      readonly used: number;
    }
  | {
      readonly kind: 'low-recall';
      readonly best: number;
      readonly required: number;
      readonly curve: readonly CurvePoint[];
    }
  | { readonly kind: 'tampered'; readonly stage: Stage; readonly rule: string; readonly detail: string }
  | {
      readonly kind: 'scored';
      readonly verdict: Verdict;
      /**
       * Of the graph: area under QPS over recall in the window, interpolated in log-QPS: the mean QPS over the window. Of a learned target:
       * exp(R), R its reward against the baseline, so that ratios of areas are ratios of the same kind everywhere.
       */
      readonly area: number;
      readonly curve: readonly CurvePoint[];
      /** Ratio of this area to the champion's, taken in the same run: timed side by side, or counted on the same queries. */
      readonly speedup: Interval;
      /** Pairs of processes that it took to settle; of a learned target, training seeds. */
      readonly rounds: number;
      readonly cost: IndexCost;
      /** Work at the efforts of the curve, where it was counted: it takes a compile and a run of its own. */
      readonly work?: readonly WorkPoint[];
    };

/**
 * What authors do by mistake and cheats on purpose: memory or system calls in a query. Either dies of it, so it is a crash to
 * mend and to learn from, and no worse.
 */
const fatalMistakes: readonly string[] = ['writes-outside-scratch', 'calls-the-kernel'];

export function isFatalMistake(outcome: Outcome): boolean {
  return outcome.kind === 'tampered' && fatalMistakes.includes(outcome.rule);
}

/** A failure that its author can mend from the diagnostics: another turn may be worth its price. */
export function isMendable(outcome: Outcome): boolean {
  const { kind } = outcome;
  return kind === 'compile-error' || kind === 'crashed' || kind === 'rejected' || isFatalMistake(outcome);
}

/** How a challenger stood under a condition that the campaign did not train on. */
export interface HeldOutResult {
  /** For instance `k=100`, or a dataset's name. */
  readonly condition: string;
  /** Null where the champion itself misses the window under this condition, so that nothing can be compared. */
  readonly outcome: Outcome | null;
  /** Shown to be slower than the champion, or failed where the champion does not. */
  readonly lost: boolean;
}

export type OutcomeKind = Outcome['kind'];
export type Scored = Extract<Outcome, { kind: 'scored' }>;

export const outcomeKinds = [
  'rejected',
  'compile-error',
  'crashed',
  'timed-out',
  'over-limit',
  'low-recall',
  'tampered',
  'scored',
] as const satisfies readonly OutcomeKind[];

/** Thrown where a switch over a union meets a case that the types say cannot be. */
export function unreachable(value: never): never {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`);
}

/** `1.012 [1.003, 1.021]` */
export function describeInterval({ value, low, high }: Interval): string {
  return `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

/** One line for people: what happened, without the curve. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'rejected':
      return `rejected by ${outcome.rule}${outcome.line === undefined ? '' : ` at line ${outcome.line}`}: ${outcome.detail}`;
    case 'compile-error':
      return `compile error: ${outcome.diagnostics.split('\n').find((line) => line.includes('error')) ?? outcome.diagnostics.split('\n')[0]}`;
    case 'crashed':
      return `crashed in ${outcome.stage} (${outcome.signal})`;
    case 'timed-out':
      return `timed out in ${outcome.stage} after ${outcome.limitSeconds} s`;
    case 'over-limit':
      return `over the ${outcome.resource} limit of ${describeAmount(outcome.resource, outcome.limit)} in ${outcome.stage}${outcome.used > outcome.limit ? `: ${describeAmount(outcome.resource, outcome.used)}` : ''}`;
    case 'low-recall':
      return `recall ends at ${outcome.best.toFixed(3)}, ${outcome.required} required`;
    case 'tampered':
      return `tampered (${outcome.rule}): ${outcome.detail}`;
    case 'scored':
      return `${outcome.verdict}: ${outcome.speedup.value.toFixed(3)}x [${outcome.speedup.low.toFixed(3)}, ${outcome.speedup.high.toFixed(3)}] of the champion`;
    default:
      return unreachable(outcome);
  }
}

/** `k=100: 1.034 [1.010, 1.058]`, or what went wrong there. */
export function describeHeldOut({ condition, outcome, lost }: HeldOutResult): string {
  if (!outcome) return `${condition}: not comparable, the champion misses the window`;
  const said = outcome.kind === 'scored' ? describeInterval(outcome.speedup) : describeOutcome(outcome);
  return `${condition}: ${said}${lost ? ' LOST' : ''}`;
}
