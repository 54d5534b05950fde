import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../core/paths.ts';
import { slotsOf } from '../../core/target.ts';
import { checkSource } from '../../evaluate/check.ts';
import { templateFolder } from './template.ts';

const read = (file: string) => readFile(join(templateFolder, file), 'utf8');
const header = (lines: string) => `${lines}\nnamespace candidate {\nclass Search {};\n}\n`;

describe('what the prompts state', () => {
  it('of includes is what the static rules allow', async () => {
    const named =
      /annvil\/NAME\.hpp>` and of: ([^.]*(?:\.h[^.]*)*)\.\n/.exec(await read('system.md'))?.[1]?.split(/\s+/) ?? [];
    expect(named.length).toBeGreaterThan(35);
    for (const name of named)
      expect([name, checkSource('search', header(`#include <${name}>`))]).toEqual([name, undefined]);
    const rules = await readFile(join(packageRoot, 'harness', 'evaluate', 'check.ts'), 'utf8');
    const allowed = /allowedHeaders = new Set\(\s*\(([\s\S]*?)\)\.split/.exec(rules)![1]!.match(/[\w.]+/g)!;
    expect([...named].sort()).toEqual([...allowed].sort());
  });

  it('of forbidden words is what the static rules reject', async () => {
    const words = /None of these words[^:]*: (.*), nor any other/.exec(await read('system.md'))![1]!.match(/\w+/g)!;
    expect(words.length).toBeGreaterThan(12);
    for (const word of words) {
      const source = header('').replace('class Search {};', `class Search {};\nint ${word};`);
      expect([word, checkSource('search', source)?.kind]).toEqual([word, 'rejected']);
    }
  });

  it('of the contract exists there', async () => {
    const contract = join(packageRoot, 'candidates', 'contract');
    const files = (await readdir(contract)).filter((file) => file.endsWith('.hpp'));
    const code = (await Promise.all(files.map((file) => readFile(join(contract, file), 'utf8')))).join('\n');
    const folders = ['', ...slotsOf('graph').map((slot) => join('strategies', slot))];
    for (const folder of folders) {
      for (const file of (await readdir(join(templateFolder, folder))).filter((name) => name.endsWith('.md'))) {
        for (const [, name] of (await read(join(folder, file))).matchAll(/annvil::(\w+)/g)) {
          expect([file, name, new RegExp(`\\b${name}\\b`).test(code)]).toEqual([file, name, true]);
        }
      }
    }
  });
});
