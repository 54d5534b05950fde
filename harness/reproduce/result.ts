import type { Claim } from './claim.ts';
import type { Figure } from './figures.ts';

/** What a reproduction found, and under what conditions. */
export interface ReproductionResult {
  readonly target: string;
  readonly preset: string;
  readonly seeds: readonly number[];
  /** Name and shape, or `synthetic`. */
  readonly dataset: string;
  /** Processor, compiler, LibTorch. */
  readonly machine: string;
  readonly seconds: number;
  readonly notes: readonly string[];
  readonly figures: readonly Figure[];
  readonly claims: readonly Claim[];
}
