import type { Choices, Decision } from '../../../../core/policy.ts';

const layered = ({ entry }: Choices): boolean => entry === 'layers';
const repeated = ({ passes }: Choices): boolean => passes !== '1';

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
      'rank-0.5',
      'rank-0.62',
      'rank-0.8',
      'angle-60',
      'angle-50',
    ],
  },
  { name: 'fill', options: ['none', 'nearest'] },
  { name: 'order', options: ['input', 'random'] },
  { name: 'distances', options: ['float32', 'u8', 'u7'] },

  // How often: a further pass links every node anew, from its surroundings in the finished graph.
  { name: 'passes', options: ['1', '2', '3'] },
  { name: 'relink-width', options: ['64', '100', '200', '400'], when: repeated },
  { name: 'backward', options: ['overflow', 'pruned', 'none'], when: repeated },

  // Where a search comes in.
  { name: 'entry', options: ['layers', 'medoid', 'centres-16', 'centres-64'] },
  { name: 'layer-ratio', options: ['4', '8', '16', '32'], when: layered },
  { name: 'top', options: ['random', 'medoid'], when: layered },
  { name: 'layer-degree', options: ['6', '8', '12', '16', '24', '32'], when: layered },

  // How it lies in memory.
  { name: 'edges', options: ['as-kept', 'nearest'] },
  { name: 'renumbering', options: ['none', 'breadth', 'cuthill-mckee', 'window'] },
  {
    name: 'layers-apart',
    options: ['no', 'yes'],
    when: (choices) => layered(choices) && choices.renumbering !== 'none',
  },
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
  passes: '1',
  entry: 'layers',
  'layer-ratio': '16',
  top: 'random',
  'layer-degree': '16',
  edges: 'nearest',
  renumbering: 'none',
};
