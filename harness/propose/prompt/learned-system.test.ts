import { describe, expect, it } from 'vitest';
import { type Slot, slotsOf, type Target, targets } from '../../core/target.ts';
import { checkSource } from '../../evaluate/check.ts';
import { learnedSystem } from './learned-system.ts';
import { readTargetTexts, readTemplates } from './templates.ts';

const learned = targets.filter((target) => target !== 'graph');
const parts = { answer: 'ANSWER', contract: 'CONTRACT', machine: 'MACHINE', dataset: 'DATASET' };

async function systemOf(target: Target, slot: Slot): Promise<string> {
  const templates = await readTemplates();
  return learnedSystem(templates, await readTargetTexts(target, templates), { target }, slot, parts);
}

describe.each(learned)('the system message of %s', (target) => {
  it.each(slotsOf(target))('says of %s what is done, counted and allowed', async (slot) => {
    const text = await systemOf(target, slot);
    for (const part of Object.values(parts)) expect(text).toContain(part);
    expect(text).toContain(`# The slot: ${slot}`);
    for (const other of slotsOf(target)) expect(text).toContain(`\`${other}\``);
    expect(text).not.toMatch(/undefined(?! behaviour)|\{\{/);
    expect(text).not.toMatch(/queries per second|QPS/);
  });

  it('states the includes and words of the static rules', async () => {
    const slot = slotsOf(target)[0];
    const text = await systemOf(target, slot);
    const name = slot.replace(/(^|-)./g, (start) => start.replace('-', '').toUpperCase());
    const header = (first: string, inside = '') => `${first}\nnamespace candidate {\nclass ${name} {};\n${inside}\n}\n`;
    const named = /NAME\.hpp>` and of: (.*?arm_neon\.h)\./.exec(text)![1]!.split(' ');
    expect(named).toContain('map');
    for (const include of [...named, `annvil/${target}/any.hpp`, 'annvil/learned/network.hpp', 'torch/torch.h'])
      expect([include, checkSource(slot, header(`#include <${include}>`))]).toEqual([include, undefined]);
    const words = /None of these words[^:]*: (.*), nor any other/.exec(text)![1]!.match(/\w+/g)!;
    const doors = /No doors of LibTorch's[^:]*: (.*); no `using/.exec(text)![1]!.match(/(?<=`)[\w:]+(?=`)/g)!;
    for (const word of [...words, ...doors])
      expect([word, checkSource(slot, header('', `int x = ${word};`))?.kind]).toEqual([word, 'rejected']);
  });
});

it('a slot that only answers is told that it has no LibTorch', async () => {
  expect(await systemOf('neural-lsh', 'probing')).not.toContain('torch/torch.h');
  expect(await systemOf('neural-lsh', 'router')).toContain('Also `<torch/torch.h>`');
});
