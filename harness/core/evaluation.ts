import type { Candidate } from './candidate.ts';
import type { CurvePoint, HeldOutResult, Outcome, Stage, StageSeconds, WorkPoint } from './outcome.ts';
import type { PerSlot } from './target.ts';

/** The headers that together make an index. */
export type Index = PerSlot<Candidate>;

/** Which of the campaign's query sets a comparison is measured on. */
export type QuerySet = 'search' | 'promotion' | 'final';

/** A comparison of two indexes: the challenger's outcome, and the champion's curve from the same run. */
export interface Evaluation {
  readonly outcome: Outcome;
  readonly champion?: { readonly area: number; readonly curve: readonly CurvePoint[] };
  /** Wall seconds of each stage it passed through. */
  readonly seconds?: StageSeconds;
}

export interface EvaluationOptions {
  readonly queries: QuerySet;
  /** `settle` (the default) ends as soon as the required gain is decided; `full` takes every round, for a figure to quote. */
  readonly precision?: 'settle' | 'full';
  /** In place of the campaign's own; -0.01 asks whether at most one per cent is lost. */
  readonly requiredGain?: number;
  readonly onStage?: (stage: Stage) => void;
}

/** Whether the players of an index compile for x86-64 machines other than this one. */
export interface Portability {
  /** With AVX2 and no more: x86-64-v3. */
  readonly v3: boolean;
  /** Without any AVX: x86-64. */
  readonly baseline: boolean;
  /** What the compiler said where one is false. */
  readonly diagnostics: string;
}

/** What was found where nothing is timed. */
export interface Vetting {
  /** The candidate's failure under sanitizers; absent where they found nothing. */
  readonly outcome?: Outcome;
  /** A fact to record and no failure. Absent after a failure, and on machines that are not x86-64. */
  readonly portable?: Portability;
}

/** Turns candidates into outcomes. */
export interface Evaluator {
  /** Gets headers checked and compiled ahead, side by side, so that `compare` finds them done. Never throws for a bad header. */
  prepare(indexes: readonly { readonly challenger: Index; readonly changed: Candidate }[]): Promise<void>;
  /** Times the challenger beside the champion; `changed` is the header under test, to whom failures belong. */
  compare(
    challenger: Index,
    champion: Index,
    changed: Candidate | undefined,
    options: EvaluationOptions,
  ): Promise<Evaluation>;
  /** What an index that has been scored does for a query at these efforts; empty where it does not get through the counting. */
  countDistances?(index: Index, efforts: readonly number[]): Promise<readonly WorkPoint[]>;
  /** Runs `changed` under sanitizers and compiles it for other machines: seconds, for candidates about to be promoted. */
  vet?(index: Index, changed: Candidate): Promise<Vetting>;
}

/** Measures what a campaign did not train on: other datasets, other k. */
export interface HeldOutGate {
  /** One result a condition, in order; `queries` and `precision` as for `compare`. */
  measure(
    challenger: Index,
    champion: Index,
    changed: Candidate | undefined,
    options: Pick<EvaluationOptions, 'queries' | 'precision'>,
  ): Promise<readonly HeldOutResult[]>;
}
