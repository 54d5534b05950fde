import { describe, expect, it } from 'vitest';
import { allSlots, classNameOf, isTrained, ofSlots, perSlot, perSlotAwaited, slotsOf, targets } from './target.ts';
import { areaFigure, heightFigure, wordsOf } from './target-words.ts';

it.each(targets)('%s has three slots, and words for all that is shown', (target) => {
  expect(slotsOf(target)).toHaveLength(3);
  const { height, recall, effort, windowText, area, areaText, dataset } = wordsOf(target);
  for (const said of [height.title, recall, effort, windowText, area.title, areaText, dataset])
    expect(said).toMatch(/\S/);
});

it('values a slot are those of the target alone, in its order', async () => {
  const expected = { router: 'router!', 'tree-update': 'tree-update!', beam: 'beam!' };
  expect(perSlot('balanced-tree', (slot) => `${slot}!`)).toEqual(expected);
  expect(await perSlotAwaited('balanced-tree', async (slot) => `${slot}!`)).toEqual(expected);
  expect(ofSlots('balanced-tree', expected)).toEqual(expected);
  expect(Object.keys(perSlot('graph', () => 0))).toEqual(['construction', 'search', 'refinement']);
});

it('a slot that two targets share is one name', () => {
  expect(allSlots.filter((slot) => slot === 'router')).toHaveLength(1);
  expect(new Set(allSlots).size).toBe(allSlots.length);
});

it.each([
  ['search', 'Search', false],
  ['tree-update', 'TreeUpdate', true],
  ['stop-rule', 'StopRule', false],
  ['query-model', 'QueryModel', true],
] as const)('the class of %s is %s', (slot, name, trains) => {
  expect(classNameOf(slot)).toBe(name);
  expect(isTrained(slot)).toBe(trains);
});

describe('an area', () => {
  it.each([
    ['graph', 61_234.4, '61,234'],
    ['neural-lsh', 1.1234, '1.123'],
    ['learned-lookup', Math.exp(0.0456), '+0.0456'],
    ['learned-lookup', Math.exp(-0.02), '-0.0200'],
  ] as const)('of %s is written as the target writes it', (target, area, text) => {
    expect(areaFigure(target, area)).toBe(text);
  });
});

it('speeds are whole numbers, and costs may be small', () => {
  expect(heightFigure({ effort: 1, recall: 1, qps: 98_000.4 })).toBe('98,000');
  expect(heightFigure({ effort: 1, recall: 1, cost: 1383.6 })).toBe('1,384');
  expect(heightFigure({ effort: 1, recall: 1, cost: 3.25 })).toBe('3.25');
  expect(heightFigure({ effort: 1, recall: 1, cost: 4 })).toBe('4');
});
