import { expect, it } from 'vitest';
import { describeOutcome } from './outcome.ts';

it.each([
  ['index-bytes', 3 * 2 ** 20, 4 * 2 ** 20, 'over the index-bytes limit of 3.0 MiB in train: 4.0 MiB'],
  ['graph-degree', 64, 65, 'over the graph-degree limit of 64 in train: 65'],
  ['train-time', 120, 120, 'over the train-time limit of 120.0 s in train'],
  ['model-bytes', 1024, 2560, 'over the model-bytes limit of 1.0 KiB in train: 2.5 KiB'],
  ['copies', 1.5, 1.7321, 'over the copies limit of 1.500 copies a vector in train: 1.732 copies a vector'],
  ['largest-bin', 1.5, 1.9, 'over the largest-bin limit of 1.500x the mean in train: 1.900x the mean'],
  ['balance', 0, 1, 'over the balance limit of 0 points in train: 1 point'],
  ['lookups', 4, 5, 'over the lookups limit of 4 in train: 5'],
  ['multiply-adds', 100_000, 123_456, 'over the multiply-adds limit of 100,000 in train: 123,456'],
] as const)('a passed limit of %s is said in its unit', (resource, limit, used, text) => {
  expect(describeOutcome({ kind: 'over-limit', stage: 'train', resource, limit, used })).toBe(text);
});
