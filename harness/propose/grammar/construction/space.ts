import type { Choices, Decision } from '../../../core/policy.ts';

const layered = ({ entry }: Choices): boolean => entry === 'layers';

/** What a construction can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  // Which links a node gets.
  { name: 'degree', options: ['16', '24', '32', '40', '48', '64'] },
  { name: 'new-links', options: ['half', 'three-quarters', 'all'] },
  { name: 'beam', options: ['60', '100', '150', '200', '300', '400'] },
  {
    name: 'pruning',
    options: [
      'neighbourhood',
      'alpha-1.1',
      'alpha-1.2',
      'alpha-1.35',
      'tau-0.1',
      'tau-0.2',
      'rank-0.62',
      'rank-0.8',
      'angle-60',
      'angle-50',
    ],
  },
  { name: 'fill', options: ['none', 'nearest'] },
  { name: 'order', options: ['input', 'random'] },
  { name: 'distances', options: ['float32', 'u8', 'u7'] },

  // Where a search comes in.
  { name: 'entry', options: ['layers', 'medoid'] },
  { name: 'layer-ratio', options: ['8', '16', '32'], when: layered },
  { name: 'layer-degree', options: ['8', '12', '16', '24', '32'], when: layered },
];

/** HNSW as Malkov and Yashunin give it, M = 16 and efConstruction = 200, in float32. */
export const seedChoices: Choices = {
  degree: '32',
  'new-links': 'half',
  beam: '200',
  pruning: 'neighbourhood',
  fill: 'none',
  order: 'input',
  distances: 'float32',
  entry: 'layers',
  'layer-ratio': '16',
  'layer-degree': '16',
};
