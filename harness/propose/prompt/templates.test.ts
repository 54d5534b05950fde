import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HarnessError } from '../../core/errors.ts';
import { slotsOf } from '../../core/target.ts';
import { readStrategies } from './strategies.ts';
import { holesOf, parseTemplate, templateFolder } from './template.ts';
import { declaredHoles, readTemplates } from './templates.ts';

describe('the shipped templates', () => {
  it('have exactly the holes declared, and are all declared', async () => {
    const files = (await readdir(templateFolder)).filter((file) => file.endsWith('.md'));
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
