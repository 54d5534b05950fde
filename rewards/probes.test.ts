import { expect, test } from 'vitest';
import { monotoneProbes } from './probes.ts';

const probe = (effort: number, recall: number) => ({ effort, recall });

test('sorts by effort and leaves growing recalls alone', () => {
  expect(monotoneProbes([probe(4, 0.5), probe(1, 0.2), probe(2, 0.2)])).toEqual([
    probe(1, 0.2),
    probe(2, 0.2),
    probe(4, 0.5),
  ]);
});

test('averages neighbours that fall, back as far as they fall', () => {
  const recalls = monotoneProbes([probe(1, 0.6), probe(2, 0.9), probe(3, 0.7), probe(4, 0.5), probe(5, 1)]);
  expect(recalls.map(({ recall }) => recall)).toEqual([0.6, 0.7, 0.7, 0.7, 1].map((value) => expect.closeTo(value)));
});

test('takes the later of two probes of one effort', () => {
  expect(monotoneProbes([probe(1, 0.2), probe(1, 0.3)])).toEqual([probe(1, 0.3)]);
});
