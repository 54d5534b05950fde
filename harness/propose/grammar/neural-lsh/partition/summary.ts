import type { Choices } from '../../../../core/policy.ts';
import { comment } from '../../part.ts';

/** The comment at the top: what this variant does, and whose ideas it is built on. */
export function summary({ neighbours, weights, method, objective, imbalance }: Choices): string {
  const how =
    method === 'kahip'
      ? 'by KaHIP where its partition is handed in, else by METIS'
      : method === 'recursive'
        ? 'by METIS, in halves again and again'
        : 'by METIS into all bins at once';
  return comment([
    `Slot \`partition\`: cuts the graph of ${neighbours} nearest neighbours ${how} (Neural LSH, ICLR 2020, section 3).`,
    ...(weights === 'shared' ? ['Edges weigh by shared neighbours (Jarvis and Patrick, 1973).'] : []),
    ...(objective === 'volume'
      ? ['What is minimised is the communication volume: bins that a point has neighbours in.']
      : []),
    ...(imbalance === 'requested'
      ? []
      : [`The largest bin may exceed the mean by ${imbalance}, whatever was asked for.`]),
  ]);
}
