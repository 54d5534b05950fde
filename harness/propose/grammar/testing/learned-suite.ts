import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../core/paths.ts';
import type { Grammar } from '../../../core/proposer.ts';
import type { Slot, Target } from '../../../core/target.ts';
import { everyOption, samples, unusedNames } from './variants.ts';

/** Headers that have every option of every decision, and `draws` at random; each once. */
export function headersOf(grammar: Grammar, draws: number, name: string): string[] {
  const choices = [grammar.seedChoices, ...everyOption(grammar), ...samples(grammar, draws, name)];
  return [...new Set(choices.map(grammar.emit))];
}

/**
 * What must hold of every grammar of a learned target.
 * @param ofContract names that a header defines for its contract to use
 * @param checkSource the static rules: what a header breaks, or undefined
 */
export function describeLearnedGrammars(
  target: Target,
  grammars: Readonly<Record<string, Grammar>>,
  ofContract: readonly string[],
  checkSource: (slot: Slot, source: string) => unknown,
): void {
  describe.each(Object.entries(grammars))(`the grammar of ${target}'s %s`, (slot, grammar) => {
    it('emits the seed that stands in seeds/', () => {
      const seed = readFileSync(join(packageRoot, 'seeds', target, `${slot}.hpp`), 'utf8');
      expect(grammar.emit(grammar.seedChoices)).toBe(seed);
    });

    it('leaves nothing unused in a header, breaks no static rule, and keeps its lines within 140 columns', () => {
      const headers = headersOf(grammar, 8, slot);
      expect(headers.length).toBeGreaterThan(4);
      for (const header of headers) {
        expect(unusedNames(header, ofContract)).toEqual([]);
        expect(checkSource(slot as Slot, header)).toBeUndefined();
        expect(header.split('\n').filter((line) => line.length > 140)).toEqual([]);
        expect(header).not.toMatch(/\n\n\n|undefined|\[object/);
      }
    });
  });
}
