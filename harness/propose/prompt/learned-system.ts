import type { CampaignSpec } from '../../core/spec.ts';
import { isTrained, type Slot, slotsOf } from '../../core/target.ts';
import { wordsOf } from '../../core/target-words.ts';
import type { TargetTexts, Templates } from './templates.ts';

/** What a learned target's system message has in common with the graph's. */
export interface SystemParts {
  readonly answer: string;
  readonly contract: string;
  readonly machine: string;
  readonly dataset: string;
}

/** The system message of a learned target's slot: task, scoring, rules, answer, slot, contract, machine and data. */
export function learnedSystem(
  templates: Templates,
  texts: TargetTexts,
  { target }: Pick<CampaignSpec, 'target'>,
  slot: Slot,
  parts: SystemParts,
): string {
  const words = wordsOf(target);
  const trains = isTrained(slot);
  return templates['learned/system.md'].render({
    ...parts,
    target,
    targetText: texts.target,
    slots: listed(slotsOf(target)),
    slot,
    slotText: texts.slots[slot],
    cost: words.height.title,
    recall: words.recall,
    betterText: `Fewer ${words.height.title} at equal ${words.recall} is better.`,
    window: words.windowText,
    baseline: words.baseline ?? 'the baseline',
    area: words.area.form === 'logarithm' ? words.areaText : `the logarithm of how many ${words.areaText}`,
    torchInclude: trains ? ' Also `<torch/torch.h>`.' : '',
    runText: templates[trains ? 'learned/trains.md' : 'learned/serves.md'].render({}),
  });
}

/** `a`, `b` and `c`. */
function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
