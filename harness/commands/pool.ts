import { UsageError } from '../core/errors.ts';
import { type Slot, slotsOf } from '../core/target.ts';
import { type PoolRow, poolRows } from '../learn/pool-rows.ts';
import { PromptWriter } from '../propose/prompt/compose.ts';
import { readJournal } from '../record/journal.ts';
import { campaignState } from '../record/state.ts';
import { type Column, textTable } from '../record/text-table.ts';
import { type CliEnvironment, campaignDir } from './environment.ts';

/** `annvil pool [name]`: what the next prompts draw, and what earlier ones taught; also of a campaign that is still running. */
export async function showPool(
  environment: CliEnvironment,
  wanted: string | undefined,
  { json, slot: only, top }: { json: boolean; slot?: Slot; top: number },
): Promise<void> {
  const { dir } = await campaignDir(environment, wanted);
  const state = campaignState(await readJournal(dir));
  const { target } = state.spec;
  const own: readonly Slot[] = slotsOf(target);
  if (only && !own.includes(only))
    throw new UsageError(
      `campaign ${state.spec.name} is of the target ${target}, whose slots are ${own.join(', ')}: give one of them to --slot`,
    );
  const { strategyNames } = await PromptWriter.open(state.spec);
  const wantedSlots = only ? [only] : [...new Set(state.spec.slots)];
  const slots = wantedSlots.map((slot) => ({ slot, entries: poolRows(state, slot, strategyNames[slot]) }));
  environment.print(
    json
      ? JSON.stringify(Object.fromEntries(slots.map(({ slot, entries }) => [slot, entries])), null, 2)
      : slots.map(({ slot, entries }) => poolText(slot, entries, top)).join('\n\n'),
  );
}

const columns: readonly Column[] = [
  { title: 'entry', align: 'left' },
  { title: 'weight', align: 'right' },
  { title: 'as parent', align: 'right' },
  { title: 'logit', align: 'right' },
  { title: 'uses', align: 'right' },
  { title: 'mean advantage', align: 'right' },
];

/** A table of one slot's entries, likeliest first. */
export function poolText(slot: Slot, entries: readonly PoolRow[], top: number): string {
  const rows = entries
    .slice(0, top)
    .map(({ entry, weight, parentWeight, logit, uses, meanAdvantage }) => [
      entry,
      percent(weight),
      parentWeight === null ? '' : percent(parentWeight),
      logit.toFixed(2),
      String(uses),
      meanAdvantage === null ? '' : meanAdvantage.toFixed(2),
    ]);
  const rest = entries.length > top ? [`and ${entries.length - top} more (--top)`] : [];
  return [slot, ...textTable(columns, rows), ...rest].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
