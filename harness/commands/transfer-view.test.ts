import { expect, test } from 'vitest';
import { megabytes, transferLine } from './transfer-view.ts';

test('says how much, how fast and how long yet', () => {
  const samples = [
    { at: 0, done: 0 },
    { at: 2000, done: 8e6 },
  ];
  expect(transferLine('fetching', 8e6, 501e6, samples)).toBe('fetching: 8 of 501 MB (1 %), 4 MB/s, 3 min left');
  expect(transferLine('fetching', 8e6, 40e6, samples)).toBe('fetching: 8 of 40 MB (20 %), 4 MB/s, 8 s left');
  expect(transferLine('fetching', 8e6, 4e11, samples)).toMatch(/, 27\.8 h left$/);
});

test('leaves out what is not known', () => {
  expect(transferLine('fetching', 8e6, undefined, [])).toBe('fetching: 8 MB');
  expect(transferLine('fetching', 0, 8e6, [{ at: 0, done: 0 }])).toBe('fetching: 0 of 8 MB (0 %)');
  const done = [
    { at: 0, done: 0 },
    { at: 2000, done: 8e6 },
  ];
  expect(transferLine('fetching', 8e6, 8e6, done)).toBe('fetching: 8 of 8 MB (100 %), 4 MB/s');
  expect(transferLine('reading', 500, 1000, [], 'rows')).toBe('reading: 500 of 1,000 rows (50 %)');
});

test('writes sizes in three digits', () => {
  expect([0, 5_123_000, 99_960_000, 3.6e9].map(megabytes)).toEqual(['0 MB', '5.12 MB', '100 MB', '3,600 MB']);
});
