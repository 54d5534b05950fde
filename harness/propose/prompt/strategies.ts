import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PerSlot, perSlotAwaited, type Target } from '../../core/target.ts';
import { templateFolder } from './template.ts';

/** Ideas to suggest, by name (that of the file): a title line and a few lines on why it may help and where it goes wrong. */
export type Strategies = PerSlot<ReadonlyMap<string, string>>;

/** Those of the graph lie in folders of its slots; those of another target in the target's own, and there may be none. */
export function readStrategies(target: Target): Promise<Strategies> {
  const ofSlot = async (slot: string) => {
    const folder = join(templateFolder, 'strategies', target === 'graph' ? '' : target, slot);
    const files = (await readdir(folder).catch(() => [] as string[])).filter((file) => file.endsWith('.md')).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    return new Map(files.map((file, i) => [file.replace(/\.md$/, ''), texts[i]!.trim()]));
  };
  return perSlotAwaited(target, ofSlot);
}
