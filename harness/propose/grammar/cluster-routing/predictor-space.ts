import type { Choices, Decision } from '../../../core/policy.ts';

/** What a predictor can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'widths', options: ['128-128', '200-200', '256-128', '256-256', '384-128'] },
  { name: 'normalisation', options: ['none', 'layer', 'batch'] },
  { name: 'dropout', options: ['0', '0.1'] },
  { name: 'noise', options: ['0', '0.05', '0.2', '0.5', '1', '1.5'] },
  { name: 'approach', options: ['0', '0.5'] },
  { name: 'target', options: ['all-holders', 'home', 'best-holder'] },
  { name: 'smoothing', options: ['0', '0.05'] },
  { name: 'distance-weight', options: ['0.05', '0.2', '1'] },
  { name: 'batch', options: ['256', '512', '1024'] },
  { name: 'rate', options: ['0.0005', '0.001', '0.002', '0.004'] },
  { name: 'schedule', options: ['one-cycle', 'cosine', 'constant'] },
  { name: 'decay', options: ['0', '0.01', '0.1'] },
  { name: 'after-duplication', options: ['continue', 'afresh'] },
];

/** Three layers, noise on the queries and the mass over all holders: a small step and no regularisation but the noise. */
export const seedChoices: Choices = {
  widths: '200-200',
  normalisation: 'none',
  dropout: '0',
  noise: '0.05',
  approach: '0',
  target: 'all-holders',
  smoothing: '0',
  'distance-weight': '0.2',
  batch: '1024',
  rate: '0.001',
  schedule: 'one-cycle',
  decay: '0',
  'after-duplication': 'continue',
};
