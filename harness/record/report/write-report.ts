import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CampaignState } from '../../core/campaign-state.ts';
import { type PerSlot, perSlotAwaited } from '../../core/target.ts';
import { lineageDiff } from '../lineage.ts';
import type { Beside } from './beside.ts';

/** Writes `<runDir>/report.html`, whole or not at all, and returns its path. */
export async function writeReport(runDir: string, state: CampaignState, beside?: Beside): Promise<string> {
  // Loaded here, as the chart library takes most of a second that other commands need not wait for.
  const { reportHtml } = await import('./report.ts');
  const path = join(runDir, 'report.html');
  const draft = `${path}.${process.pid}.draft`;
  const diffs = await championDiffs(runDir, state);
  await writeFile(draft, reportHtml({ state, diffs, ...(beside && { beside }) }));
  await rename(draft, path);
  return path;
}

function championDiffs(runDir: string, state: CampaignState): Promise<PerSlot<string | null>> {
  return perSlotAwaited(state.spec.target, async (slot) => {
    const [from, to] = [state.seeds[slot].id, state.champions[slot].candidate.id];
    return from === to ? null : lineageDiff(runDir, slot, from, to);
  });
}
