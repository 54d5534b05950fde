import { describe, expect, it } from 'vitest';
import { isTrained, slotsOf, targets } from '../../core/target.ts';
import { readContract } from './contract.ts';

const headings = (text: string) => [...text.matchAll(/^### <annvil\/(.*)\.hpp>$/gm)].map((match) => match[1]!);

describe.each(targets.filter((target) => target !== 'graph'))('the contract of %s', (target) => {
  it.each(slotsOf(target))(
    'for %s begins with its own header, and every header it includes is there once',
    async (slot) => {
      const text = await readContract(target, slot);
      const names = headings(text);
      expect(names[0]!.replaceAll('_', '-')).toBe(`${target}/${slot}`);
      expect(new Set(names).size).toBe(names.length);
      for (const [, included] of text.matchAll(/^#include <annvil\/(.*)\.hpp>$/gm)) expect(names).toContain(included);
      expect(names.includes('learned/export_network')).toBe(isTrained(slot));
      if (!isTrained(slot)) expect(text).not.toContain('#include <torch/');
    },
  );
});

it('the contract of the graph is the list of each slot', async () => {
  expect(headings(await readContract('graph', 'refinement'))).toEqual([
    'refinement',
    'vectors',
    'memory',
    'distance',
    'half',
    'codes',
    'quantise',
  ]);
});
