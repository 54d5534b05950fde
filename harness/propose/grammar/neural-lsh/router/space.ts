import type { Choices, Decision } from '../../../../core/policy.ts';

const hasHidden = ({ model }: Choices): boolean => model === 'mlp';

/** What a router can be made of and how it is trained, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'model', options: ['mlp', 'logistic', 'binary-tree'] },
  { name: 'hidden-layers', options: ['1', '2', '3'], when: hasHidden },
  { name: 'width', options: ['half', 'preset', 'double'], when: hasHidden },
  { name: 'normalisation', options: ['batch', 'layer', 'none'], when: hasHidden },
  { name: 'dropout', options: ['0', '0.1', '0.2'], when: hasHidden },
  { name: 'noise', options: ['0', '0.05', '0.1'] },
  { name: 'label-neighbours', options: ['10', '20', '50'] },
  { name: 'label-weights', options: ['equal', 'rank'] },
  { name: 'optimiser', options: ['adam', 'adamw'] },
  { name: 'rate', options: ['4e-4', '8e-4', '2e-3'] },
  { name: 'schedule', options: ['step', 'cosine', 'one-cycle'] },
  { name: 'batch', options: ['half', 'preset', 'double'] },
  { name: 'rounds', options: ['1', '2'] },
  { name: 'turn', options: ['best', 'regret'] },
  { name: 'fill', options: ['limit', '1.05', '1.1', '1.2'] },
];

/** The paper's router: two hidden layers, soft labels of 50 neighbours, Adam in steps, re-binning to the most probable bin. */
export const seedChoices: Choices = {
  model: 'mlp',
  'hidden-layers': '2',
  width: 'preset',
  normalisation: 'batch',
  dropout: '0.1',
  noise: '0',
  'label-neighbours': '50',
  'label-weights': 'equal',
  optimiser: 'adam',
  rate: '8e-4',
  schedule: 'step',
  batch: 'preset',
  rounds: '1',
  turn: 'best',
  fill: 'limit',
};
