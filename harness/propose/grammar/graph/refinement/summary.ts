import type { Choices } from '../../../../core/policy.ts';
import { comment } from '../../part.ts';

/** The comment at the top: what this variant does, and whose ideas it is built on. */
export function summary({ rerank, precision, check, abandon, order }: Choices): string {
  const which =
    rerank === 'all' ? 'all candidates' : rerank === '1' ? 'the k best candidates' : `the ${rerank} k best candidates`;
  const how =
    precision === 'float32'
      ? 'exact distances'
      : `a copy of the base in ${precision === 'fp16' ? '16-bit floats' : 'bytes'}`;
  return comment([
    `Slot \`refinement\`: re-ranks ${which} by ${how}.`,
    ...(check !== undefined && check !== 'none' ? [`The ${check} k best of those are compared exactly.`] : []),
    ...(abandon === 'never'
      ? []
      : [
          `A distance is abandoned once a part of it, ${abandon} dimensions at a time, is too far (partial distances: Bei and Gray 1985).`,
        ]),
    ...(order === 'variance' ? ['The dimensions of most variance are summed first.'] : []),
    ...(precision === 'float32' ? [] : ['Re-ranking by a finer copy is from GLASS (github.com/zilliztech/pyglass).']),
  ]);
}
