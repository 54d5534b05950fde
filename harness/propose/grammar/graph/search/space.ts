import type { Choices, Decision } from '../../../../core/policy.ts';

const reduced = ({ reduction }: Choices): boolean => reduction !== 'none';
const integer = ({ width }: Choices): boolean => width === '8-bit' || width === '7-bit' || width === '4-bit';
const blockable = ({ width }: Choices): boolean => width === '7-bit' || width === '4-bit';
const separate = ({ layout }: Choices): boolean => layout !== 'inlined';

/** What a search can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  // What stands for a vector while the graph is walked.
  { name: 'reduction', options: ['none', 'pca-64', 'pca-96', 'pca-128', 'pca-192', 'pca-256'] },
  { name: 'rotation', options: ['none', 'random'], when: reduced },
  { name: 'projection', options: ['dense', 'sparse', 'bytes'], when: reduced },
  { name: 'width', options: ['8-bit', '7-bit', '4-bit', 'fp16', 'float32'] },
  { name: 'range', options: ['extremes', 'clipped'], when: integer },
  { name: 'layout', options: ['separate', 'inlined'], when: blockable },

  // How the walk goes.
  { name: 'entry', options: ['layers', 'points', 'sample'] },
  { name: 'sample', options: ['1', '2', '4'], when: ({ entry }) => entry === 'sample' },
  { name: 'sample-kept', options: ['1', '2', '4', '8'], when: ({ entry }) => entry === 'sample' },
  { name: 'stopping', options: ['beam', 'patience', 'ratio'] },
  { name: 'edges', options: ['all', '24', '16', '12', '8'] },
  { name: 'pool-size', options: ['1', '1.5', '2', '3', '4', '6', '10'] },
  { name: 'pool-search', options: ['backward', 'binary', 'counted'] },
  { name: 'visited', options: ['bitset', 'table', 'pool'] },

  // When memory is asked for.
  { name: 'batch', options: ['single', 'gathered', 'fours'], when: separate },
  { name: 'prefetch-ahead', options: ['0', '2', '4', '8', '16', 'all'], when: separate },
  {
    name: 'prefetch-lines',
    options: ['1', '2', '4', 'all'],
    when: (choices) => separate(choices) && choices['prefetch-ahead'] !== '0',
  },
  { name: 'prefetch-next', options: ['no', 'runner-up', 'inserted', 'both'] },
  {
    name: 'prefetch-record',
    options: ['2', '8', 'all'],
    when: (choices) => !separate(choices) && choices['prefetch-next'] !== 'no',
  },
];

/** A plain design, after GLASS: 8-bit codes of all dimensions, sorted pool, bitset, prefetch. */
export const seedChoices: Choices = {
  reduction: 'none',
  width: '8-bit',
  range: 'extremes',
  entry: 'layers',
  stopping: 'beam',
  edges: 'all',
  'pool-size': '2',
  'pool-search': 'binary',
  visited: 'bitset',
  batch: 'gathered',
  'prefetch-ahead': '4',
  'prefetch-lines': 'all',
  'prefetch-next': 'no',
};
