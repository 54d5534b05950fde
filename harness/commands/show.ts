import { findCandidate } from '../record/find-candidate.ts';
import { readJournal } from '../record/journal.ts';
import { lineageDiff } from '../record/lineage.ts';
import { candidateDetail, candidateText } from '../record/show.ts';
import { campaignState } from '../record/state.ts';
import { type CliEnvironment, campaignDir } from './environment.ts';

/** `annvil show <candidate>`: source, diff to parent, outcome and curve. */
export async function showCandidate(
  environment: CliEnvironment,
  id: string,
  { json, campaign }: { json: boolean; campaign: string | undefined },
): Promise<void> {
  const { dir } = await campaignDir(environment, campaign);
  const state = campaignState(await readJournal(dir));
  const candidate = findCandidate(state, id);
  const parent = candidate.parents[0];
  const diff = parent === undefined ? null : await lineageDiff(dir, candidate.slot, parent, candidate.id);
  const detail = candidateDetail(state, candidate, diff);
  environment.print(json ? JSON.stringify(detail, null, 2) : candidateText(detail));
}
