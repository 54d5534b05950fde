import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HarnessError } from '../../core/errors.ts';
import { classNameOf, isLearned, slotsOf, targets } from '../../core/target.ts';
import { readStrategies } from './strategies.ts';
import { holesOf, parseTemplate, templateFolder } from './template.ts';
import { declaredHoles, readTargetTexts, readTemplates } from './templates.ts';

async function markdownIn(folder: string): Promise<string[]> {
  const names = await readdir(join(templateFolder, folder));
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
}

describe('the shipped templates', () => {
  it('have exactly the holes declared, and are all declared', async () => {
    const files = [...(await markdownIn('.')), ...(await markdownIn('learned'))];
    expect(files.sort()).toEqual(Object.keys(declaredHoles).sort());
    for (const [file, holes] of Object.entries(declaredHoles)) {
      const text = await readFile(join(templateFolder, file), 'utf8');
      expect([file, ...holesOf(text).sort()]).toEqual([file, ...[...holes].sort()]);
    }
    await expect(readTemplates()).resolves.toBeDefined();
  });
});

describe('a template', () => {
  const template = parseTemplate('greeting.md', '# {{greeting}}\n\n{{name}}\n\nBye.\n', ['greeting', 'name']);

  it('fills its holes once, whatever stands in the values', () => {
    expect(template.render({ greeting: '{{name}} $& $1', name: 'Ada' })).toBe('# {{name}} $& $1\n\nAda\n\nBye.');
  });

  it('leaves a paragraph out that is nothing but an empty hole', () => {
    expect(template.render({ greeting: 'Hello', name: '' })).toBe('# Hello\n\nBye.');
  });

  it('rejects holes and values that do not belong to each other', () => {
    expect(() => parseTemplate('x.md', '{{a}} {{b}}', ['a'])).toThrow(HarnessError);
    expect(() => parseTemplate('x.md', '{{a}}', ['a', 'b'])).toThrow(/no hole for b/);
    expect(() => template.render({ greeting: 'Hello' } as never)).toThrow(/no value for name/);
    expect(() => template.render({ greeting: '', name: '', age: '7' } as never)).toThrow(/no hole takes age/);
  });
});

describe('the strategies', () => {
  it('are one idea each: a title and three to eight lines, with its pitfalls', async () => {
    const strategies = await readStrategies('graph');
    for (const slot of slotsOf('graph')) {
      expect(strategies[slot].size).toBeGreaterThanOrEqual({ search: 8, construction: 7, refinement: 5 }[slot]);
      for (const [name, text] of strategies[slot]) {
        expect(name).toMatch(/^[a-z][a-z-]*$/);
        expect(text).toMatch(/^# \S.*\n(?!#)/);
        expect(text).toContain('Pitfalls:');
        expect(holesOf(text)).toEqual([]);
      }
    }
  });
});

describe.each(targets.filter(isLearned))('the texts of %s', (target) => {
  it('are one for the target and one a slot, each on its own class, with what goes wrong', async () => {
    const names = ['target', ...slotsOf(target)].map((name) => join(target, `${name}.md`));
    expect((await markdownIn(target)).sort()).toEqual(names.sort());
    const texts = await readTargetTexts(target, await readTemplates());
    expect(texts.target).toContain('baseline');
    for (const slot of slotsOf(target)) {
      expect(texts.slots[slot]).toContain(`\`candidate::${classNameOf(slot)}\``);
      expect(texts.slots[slot]).toContain('What goes wrong:');
    }
  });
});
