import { median } from '../../rewards/median.ts';
import type { Outcome } from '../core/outcome.ts';

/** Half-width, in log-ratio, of the median interval of the scored outcomes; 0 where none was scored. */
export function measurementError(outcomes: readonly Outcome[]): number {
  const widths = outcomes.flatMap((outcome) =>
    outcome.kind === 'scored' ? [Math.log(outcome.speedup.high / outcome.speedup.low) / 2] : [],
  );
  return widths.length > 0 ? median(widths) : 0;
}
