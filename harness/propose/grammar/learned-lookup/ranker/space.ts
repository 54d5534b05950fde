import type { Choices, Decision } from '../../../../core/policy.ts';

const attends = ({ network }: Choices): boolean => network === 'transformer';
const relaxes = ({ gradient }: Choices): boolean => gradient !== undefined;

/** What a ranker can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'network', options: ['transformer', 'deep-set', 'pointwise'] },
  { name: 'activation', options: ['gelu', 'relu'] },
  { name: 'width', options: ['half', 'preset', 'double'] },
  { name: 'expansion', options: ['1', '2', '4'], when: attends },
  { name: 'start', options: ['nanogpt', 'uniform'] },
  { name: 'sort', options: ['softsort', 'neuralsort'] },
  { name: 'temperature', options: ['0.3', '1', '3'] },
  { name: 'gradient', options: ['soft', 'straight-through'] },
  { name: 'settles-at', options: ['0.15', '0.3', '0.5', '0.8', 'never'], when: relaxes },
  { name: 'learning-rate', options: ['1e-4', '3e-4', '1e-3', '2e-3', '4e-3'] },
];

/** The paper's ranker, settled once it orders well: what the small and the paper's preset train. */
export const seedChoices: Choices = {
  network: 'transformer',
  activation: 'gelu',
  width: 'preset',
  expansion: '4',
  start: 'nanogpt',
  sort: 'softsort',
  temperature: '1',
  gradient: 'soft',
  'settles-at': '0.3',
  'learning-rate': '1e-3',
};
