import { expect, test } from 'vitest';
import { studentT } from './student-t.ts';

test.each([
  [1, 0.95, 12.706205],
  [2, 0.95, 4.302653],
  [3, 0.95, 3.182446],
  [4, 0.95, 2.776445],
  [5, 0.95, 2.570582],
  [9, 0.95, 2.262157],
  [30, 0.95, 2.042272],
  [119, 0.95, 1.9801],
  [1000, 0.95, 1.962339],
  [1, 0.99, 63.656741],
  [10, 0.99, 3.169273],
])("t of %d degrees at %f is the tables' %f", (degrees, level, table) => {
  expect(studentT(degrees, level)).toBeCloseTo(table, 5);
});

test('refuses degrees that the finite sum does not cover', () => {
  expect(() => studentT(0)).toThrow(RangeError);
  expect(() => studentT(2.5)).toThrow(RangeError);
});
