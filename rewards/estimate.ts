import type { Interval } from '../harness/core/outcome.ts';
import { studentT } from './student-t.ts';

/** An estimated number with its standard error, and the degrees of freedom by which that error is known. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly degrees: number;
}

/** How much one round's log-ratio varies (variance), and by how many degrees of freedom that is known. */
export interface RoundNoise {
  readonly variance: number;
  readonly degrees: number;
}

/** The ratio whose logarithm was estimated, with its interval at the given level. */
export function ratioInterval({ value, standardError, degrees }: Estimate, level = 0.95): Interval {
  const reach = studentT(degrees, level) * standardError;
  return { value: Math.exp(value), low: Math.exp(value - reach), high: Math.exp(value + reach) };
}
