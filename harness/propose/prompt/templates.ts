import { join } from 'node:path';
import { isLearned, ofSlots, type PerSlot, perSlotAwaited, type Target } from '../../core/target.ts';
import { readTemplate, type Template } from './template.ts';

/** Every template and its holes, in the order they are filled. */
export const declaredHoles = {
  'system.md': ['answer', 'budget', 'slot', 'slotText', 'contract', 'machine', 'dataset'],
  'slot-construction.md': [],
  'slot-search.md': [],
  'slot-refinement.md': [],
  'answer.md': ['code'],
  'answer-full.md': [],
  'answer-edits.md': [],
  'group.md': ['slot', 'others', 'parent', 'learned', 'exemplars', 'outcomes', 'strategies', 'request'],
  'repair.md': ['outcome', 'detail', 'advice'],
  'again.md': ['detail'],
  'digest.md': ['slot', 'task', 'champion', 'facts', 'previous'],
  'learned/system.md': [
    'targetText',
    'slots',
    'slot',
    'cost',
    'recall',
    'betterText',
    'window',
    'baseline',
    'area',
    'target',
    'torchInclude',
    'runText',
    'answer',
    'slotText',
    'contract',
    'machine',
    'dataset',
  ],
  'learned/trains.md': [],
  'learned/serves.md': [],
  'learned/answer.md': ['code'],
  'learned/repair.md': ['outcome', 'detail', 'advice'],
  'learned/digest.md': ['slot', 'task', 'champion', 'facts', 'previous'],
} as const satisfies Record<string, readonly string[]>;

type File = keyof typeof declaredHoles;

export type Templates = { readonly [F in File]: Template<(typeof declaredHoles)[F][number]> };

/** @throws HarnessError where a template's holes are not those declared */
export async function readTemplates(): Promise<Templates> {
  const read = async ([file, holes]: [string, readonly string[]]) => [file, await readTemplate(file, holes)] as const;
  return Object.fromEntries(await Promise.all(Object.entries(declaredHoles).map(read))) as unknown as Templates;
}

/** What a target is (empty for the graph, whose system message says it), and what each of its slots does, what counts in it and what goes wrong. */
export interface TargetTexts {
  readonly target: string;
  readonly slots: PerSlot<string>;
}

export async function readTargetTexts(target: Target, templates: Templates): Promise<TargetTexts> {
  if (!isLearned(target)) {
    const slots = ofSlots('graph', {
      construction: templates['slot-construction.md'].render({}),
      search: templates['slot-search.md'].render({}),
      refinement: templates['slot-refinement.md'].render({}),
    });
    return { target: '', slots };
  }
  const read = async (name: string) => (await readTemplate(join(target, `${name}.md`), [])).render({});
  return { target: await read('target'), slots: await perSlotAwaited(target, read) };
}
