import { readJournal } from '../record/journal.ts';
import { leaderboard } from '../record/leaderboard.ts';
import { leaderboardText } from '../record/leaderboard-text.ts';
import { campaignState } from '../record/state.ts';
import { type CliEnvironment, campaignDir } from './environment.ts';

/** `annvil leaderboard [name]`: also of a campaign that is still running. */
export async function showLeaderboard(
  environment: CliEnvironment,
  wanted: string | undefined,
  { json, top }: { json: boolean; top: number },
): Promise<void> {
  const { dir } = await campaignDir(environment, wanted);
  const board = leaderboard(campaignState(await readJournal(dir)));
  environment.print(
    json ? JSON.stringify(board, null, 2) : leaderboardText(board, { rows: top, colour: environment.colour }),
  );
}
