import { compareChampions } from '../compare.ts';
import { describeInterval, describeOutcome } from '../core/outcome.ts';
import { isLearned } from '../core/target.ts';
import { wordsOf } from '../core/target-words.ts';
import { trainerChoice } from '../evaluate/learned/trainer.ts';
import { readJournal } from '../record/journal.ts';
import { progressView } from '../record/live.ts';
import { writeReport } from '../record/report/write-report.ts';
import { campaignState } from '../record/state.ts';
import { type CliEnvironment, campaignDir } from './environment.ts';

/** `annvil compare ONE OTHER`: the champions of two campaigns beside each other, and both learning curves in ONE's report. */
export async function compare(
  environment: CliEnvironment,
  first: string,
  second: string,
  { json }: { json: boolean },
): Promise<void> {
  const { dir } = await campaignDir(environment, first);
  const one = campaignState(await readJournal(dir));
  const other = campaignState(await readJournal((await campaignDir(environment, second)).dir));
  const progress = progressView({ ...environment, terminal: false });
  const result = await compareChampions(one, other, {
    cacheDir: environment.cacheDir,
    progress,
    trainer: trainerChoice(environment.variable),
  });
  const report = await writeReport(dir, one, { state: other, comparison: result });
  if (json) {
    environment.print(JSON.stringify({ ...result, report }, null, 2));
    return;
  }
  const { target } = one.spec;
  const times = isLearned(target) ? '(exp of the difference of rewards) times as good as' : 'times as fast as';
  const figure = result.speedup ? `${describeInterval(result.speedup)} ${times}` : 'not to be compared with';
  environment.print(
    [
      `champions of ${first} are ${figure} those of ${second}: ${verdict(result.faster, [first, second], wordsOf(target).comparative)}`,
      ...(result.speedup ? [] : [describeOutcome(result.outcome)]),
      ...result.otherConditions.map((line) => `  measured under other conditions than ${first}: ${line}`),
      `${first}: ${one.attempts.length} attempts; ${second}: ${other.attempts.length} attempts`,
      `report with both learning curves: ${report}`,
    ].join('\n'),
  );
}

function verdict(
  faster: 'one' | 'other' | 'not distinguishable',
  [first, second]: readonly [string, string],
  comparative: string,
): string {
  return faster === 'not distinguishable' ? faster : `${faster === 'one' ? first : second} is ${comparative}`;
}
