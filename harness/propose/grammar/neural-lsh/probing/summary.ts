import type { Choices } from '../../../../core/policy.ts';
import { comment } from '../../part.ts';

/** The comment at the top: what this variant does. */
export function summary({ stop, order }: Choices): string {
  const which = order === 'probability' ? 'the most probable bins' : 'the bins most probable for their size';
  return comment([
    stop === 'count'
      ? `Slot \`probing\`: ${which}, as many as the effort says (Neural LSH, ICLR 2020, multi-probe).`
      : `Slot \`probing\`: ${which}, until they gather the probability that the effort stands for.`,
    ...(stop === 'mass-within-count' ? ['No query looks into more than twice as many bins as the effort.'] : []),
  ]);
}
