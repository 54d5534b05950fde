/**
 * Runs the recorded campaigns in runs/ again on this machine: the same proposals, measured anew. Each must end with the same
 * champions, or with ones that are not shown to be faster or slower than them, timed beside them, by more than the gain that a
 * promotion requires: the 95 % interval must overlap that band, it need not lie within it.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareChampions } from '../harness/compare.ts';
import type { CampaignState } from '../harness/core/campaign-state.ts';
import { describeInterval, describeOutcome } from '../harness/core/outcome.ts';
import { cacheFolder, packageRoot } from '../harness/core/paths.ts';
import { parseSpec } from '../harness/core/spec.ts';
import { slotsOf } from '../harness/core/target.ts';
import { readJournal } from '../harness/record/journal.ts';
import { progressView } from '../harness/record/live.ts';
import { campaignState } from '../harness/record/state.ts';
import { runCampaignIn } from '../harness/run-in-folder.ts';

interface Recording {
  readonly name: string;
  /** Rows of the base that it was recorded on, where that is a part of a file which does not come with the project. */
  readonly rows?: number;
}

const recordings: readonly Recording[] = [{ name: 'example-mnist' }, { name: 'example-sift', rows: 200_000 }];

interface Replayed {
  readonly recording: string;
  readonly holds: boolean;
  readonly verdict: string;
  readonly attempts: number;
  /** Of all champions together over the seed: recorded, and now. */
  readonly recorded: string;
  readonly now: string;
}

/** @param sift folder of `base.u8bin` and `query.u8bin`, for the recording on descriptors of photographs; skipped without */
export async function verifyReplay({ json, sift }: { json: boolean; sift: string | undefined }): Promise<boolean> {
  const results: Replayed[] = [];
  for (const recording of recordings) {
    if (recording.rows !== undefined && sift === undefined) {
      console.error(`${recording.name} is not replayed: its vectors do not come with the project (--sift FOLDER)`);
      continue;
    }
    results.push(await replayed(recording, sift));
    if (!json) console.log(line(results.at(-1)!));
  }
  const held = results.filter(({ holds }) => holds).length;
  console.log(json ? JSON.stringify(results, null, 2) : `${held} of ${results.length} recorded campaigns hold`);
  return held === results.length;
}

async function replayed(recording: Recording, sift: string | undefined): Promise<Replayed> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-replay-'));
  const cacheDir = cacheFolder(process.env);
  const progress = progressView({ terminal: false });
  try {
    const recorded = campaignState(await readJournal(join(packageRoot, 'runs', recording.name)));
    const files = recording.rows === undefined ? {} : await firstRows(sift!, recording.rows, folder);
    const spec = parseSpec({
      ...recorded.spec,
      ...files,
      name: 'replay',
      proposer: 'replay',
      controls: [],
      recording: join(packageRoot, 'runs', recording.name),
      // What is proposed ends it.
      maxMinutes: 24 * 60,
      maxEvaluations: recorded.attempts.length,
    });
    const runDir = join(folder, 'replay');
    await runCampaignIn({ runDir, cacheDir, spec, progress, signal: new AbortController().signal });
    const now = campaignState(await readJournal(runDir));
    const { holds, verdict } = await judge(now, { ...recorded, spec: { ...recorded.spec, ...files } }, cacheDir);
    return {
      recording: recording.name,
      holds,
      verdict,
      attempts: now.attempts.length,
      recorded: combined(recorded),
      now: combined(now),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function judge(now: CampaignState, recorded: CampaignState, cacheDir: string) {
  const other = slotsOf('graph').filter(
    (slot) => now.champions[slot].candidate.id !== recorded.champions[slot].candidate.id,
  );
  if (other.length === 0) return { holds: true, verdict: 'the same champions' };
  const { speedup, outcome } = await compareChampions(now, recorded, {
    cacheDir,
    progress: progressView({ terminal: false }),
  });
  // A campaign does not tell champions apart by less than the gain that it requires of one over another.
  const gain = 1 + recorded.spec.requiredGain;
  const holds = speedup !== null && speedup.low <= gain && speedup.high >= 1 / gain;
  const figure = speedup ? describeInterval(speedup) : describeOutcome(outcome);
  const verdict = holds ? 'not shown to differ by more than the required gain' : 'NOT the recorded ones';
  return { holds, verdict: `other champions of ${other.join(', ')}, ${verdict}: ${figure}` };
}

/** The first rows of a u8bin file, and all queries, as files of `folder`. */
async function firstRows(
  source: string,
  rows: number,
  folder: string,
): Promise<{ readonly dataset: string; readonly queries: string }> {
  const base = join(source, 'base.u8bin');
  const queries = join(source, 'query.u8bin');
  for (const path of [base, queries]) if (!existsSync(path)) throw new Error(`--sift ${source}: there is no ${path}`);
  const file = await open(base);
  try {
    const header = Buffer.alloc(8);
    await file.read(header, 0, 8, 0);
    const dimension = header.readInt32LE(4);
    const data = Buffer.alloc(8 + rows * dimension);
    await file.read(data, 0, data.length, 0);
    data.writeInt32LE(rows, 0);
    const dataset = join(folder, 'base.u8bin');
    await writeFile(dataset, data);
    return { dataset, queries };
  } finally {
    await file.close();
  }
}

function combined({ final, promotions }: CampaignState): string {
  const speedup = final?.combined?.speedup ?? promotions.findLast(({ promoted }) => promoted)?.combinedSpeedup;
  return speedup ? describeInterval(speedup) : 'no champion';
}

function line({ recording, verdict, attempts, recorded, now }: Replayed): string {
  return `${recording}: ${attempts} attempts; recorded ${recorded} of the seed, now ${now}; ${verdict}`;
}
