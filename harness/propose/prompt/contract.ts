import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { packageRoot } from '../../core/paths.ts';
import { isTrained, type Slot, type SlotOf, slotsOf, type Target } from '../../core/target.ts';

const contractFolder = join(packageRoot, 'candidates', 'contract');

/** What an author of each slot of the graph needs of the contract, the slot's own header first. */
const graphHeaders: Readonly<Record<SlotOf<'graph'>, readonly string[]>> = {
  search: ['search', 'vectors', 'graph', 'memory', 'distance', 'codes', 'codes_batch', 'quantise', 'half'],
  refinement: ['refinement', 'vectors', 'memory', 'distance', 'half', 'codes', 'quantise'],
  construction: ['construction', 'vectors', 'graph', 'memory', 'parallel', 'distance'],
};

/** The contract's headers for one slot, each whole under its include name. */
export async function readContract(target: Target, slot: Slot): Promise<string> {
  const names = target === 'graph' ? graphHeaders[slot as SlotOf<'graph'>] : await learnedHeaders(target, slot);
  const blocks = names.map(async (name) => `### <annvil/${name}.hpp>\n\n${fenced(await textOf(name))}`);
  return (await Promise.all(blocks)).join('\n\n');
}

/** Where a learned slot's own header lies: `balanced-tree/tree-update`, or with underscores as in other file names. */
async function slotHeader(target: Target, slot: Slot): Promise<string> {
  const spelt = [`${target}/${slot}`, `${target}/${slot.replaceAll('-', '_')}`];
  const files = await readdir(join(contractFolder, target));
  const found = spelt.find((name) => files.includes(`${posix.basename(name)}.hpp`));
  if (found === undefined)
    throw new HarnessError(`the contract has no header for ${slot}: candidates/contract/${spelt[0]}.hpp`);
  return found;
}

/**
 * What an author of a learned slot needs: its own header and all that it includes. For one that trains, then whatever else the target offers, other
 * slots' headers left out: helpers of a training are linked into no serving program.
 */
async function learnedHeaders(target: Target, slot: Slot): Promise<string[]> {
  const own = await reached([await slotHeader(target, slot)]);
  if (!isTrained(slot)) return own;
  const slots = await Promise.all(slotsOf(target).map((other) => slotHeader(target, other)));
  const files = (await readdir(join(contractFolder, target))).filter((file) => /^[\w-]+\.hpp$/.test(file)).sort();
  const offered = files
    .map((file) => `${target}/${posix.basename(file, '.hpp')}`)
    .filter((name) => !slots.includes(name));
  return reached([...new Set([...own, ...offered, 'learned/export_network'])]);
}

/** Headers of the contract and all of ours that they include, in the order in which they are met. */
async function reached(first: readonly string[]): Promise<string[]> {
  const names = [...first];
  for (const name of names) {
    for (const [, system, beside] of (await textOf(name)).matchAll(
      /^#include (?:<annvil\/([\w/-]+)\.hpp>|"([\w./-]+)\.hpp")/gm,
    )) {
      const other = system ?? posix.normalize(posix.join(posix.dirname(name), beside!));
      if (!names.includes(other)) names.push(other);
    }
  }
  return names;
}

function textOf(name: string): Promise<string> {
  return readFile(join(contractFolder, `${name}.hpp`), 'utf8');
}

/** A header as a block of Markdown. */
export function fenced(source: string): string {
  return `\`\`\`cpp\n${source.trimEnd()}\n\`\`\``;
}
