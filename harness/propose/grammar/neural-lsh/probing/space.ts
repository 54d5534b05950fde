import type { Choices, Decision } from '../../../../core/policy.ts';

const byMass = ({ stop }: Choices): boolean => stop !== 'count';

/** In which order bins are probed and when that ends, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'stop', options: ['count', 'mass', 'mass-within-count'] },
  { name: 'temperature', options: ['0.8', '1.0', '1.25', '1.5', '2.0'], when: byMass },
  { name: 'sharpness', options: ['0.15', '0.25', '0.4', '0.6'], when: byMass },
  { name: 'order', options: ['probability', 'per-vector', 'per-root'] },
];

/** The paper's multi-probe: as many of the most probable bins as the effort says. */
export const seedChoices: Choices = { stop: 'count', order: 'probability' };
