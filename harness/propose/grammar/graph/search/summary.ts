import type { Choices } from '../../../../core/policy.ts';
import { comment } from '../../part.ts';

const citations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  entry: {
    layers: 'Enters through the upper layers, greedily (HNSW: Malkov and Yashunin, arXiv 1603.09320).',
    points: "Enters at the graph's entry points.",
    sample: 'Enters at the nearest of a scanned sample of nodes.',
  },
  stopping: {
    beam: 'Expands the closest node not yet expanded among the best `effort`.',
    patience: 'Stops when patience is out (after Teofili and Lin, "Patience in Proximity", arXiv 2504.06982).',
    ratio: 'Stops by distance ratio (Al-Jazzazi et al., "Distance Adaptive Beam Search", arXiv 2505.15636).',
  },
  visited: {
    bitset: 'A bitset remembers which nodes were met.',
    table: 'A small hash table remembers which nodes were met.',
    pool: 'No set of visited nodes: a node met again is found in the pool, or is too far for it.',
  },
};

/** The comment at the top: what this variant does, and whose ideas it is built on. */
export function summary(choices: Choices): string {
  const { reduction, rotation, width, layout } = choices;
  const reduced =
    reduction === 'none'
      ? 'all dimensions'
      : `${reduction!.slice(4)} principal components${rotation === 'random' ? ', rotated at random' : ''}`;
  const stored =
    width === 'float32' || width === 'fp16' ? `${width} values of ${reduced}` : `${width} scalar codes of ${reduced}`;
  const sentences = [
    `Slot \`search\`: walks the graph over ${stored}${layout === 'inlined' ? ', those of its neighbours inlined with each node' : ' in a tensor of their own'},`,
    'with the best nodes in a sorted array (after GLASS, github.com/zilliztech/pyglass).',
    ...(reduction === 'none'
      ? []
      : ['Reducing dimensions before quantising is from LeanVec (Tepper et al., arXiv 2312.16335).']),
    ...(layout === 'inlined'
      ? ['Neighbours inlined in blocks are from SymphonyQG (Gou et al., arXiv 2411.12229).']
      : []),
    ...(['entry', 'stopping', 'visited'] as const).map((name) => citations[name]![choices[name]!]!),
    ...(choices.edges === 'all' ? [] : [`Only the first ${choices.edges} edges of a node are followed.`]),
  ];
  return comment(sentences);
}
