import type { Choices, Decision } from '../../../../core/policy.ts';

/** Whether vectors are ordered by how probable their leaves are, and as many are kept as so many leaves hold. */
export const summed = ({ votes }: Choices): boolean => votes !== 'two' && votes !== 'one' && votes !== 'half';

/** What a beam search can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'width', options: ['paper', 'effort', 'twice-effort', 'all'] },
  { name: 'votes', options: ['two', 'one', 'half', 'probability', 'log-probability'] },
  { name: 'leaves', options: ['1', '2', '4'], when: summed },
  { name: 'floor', options: ['last', 'thousandth'], when: ({ votes }) => votes === 'log-probability' },
  { name: 'shares', options: ['equal', 'by-probability'] },
];

/** The paper's search: a beam of 100, as many leaves of each tree, vectors found in at least two trees. */
export const seedChoices: Choices = { width: 'paper', votes: 'two', shares: 'equal' };
