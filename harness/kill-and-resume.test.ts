import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from './core/paths.ts';
import { seededRandom } from './core/random.ts';
import { readJournal } from './record/journal.ts';
import { campaignState } from './record/state.ts';
import { smallDataset } from './testing/small-dataset.ts';

const kills = 10;
const evaluations = 8;

let folder: string;
let dataset: { dataset: string; queries: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-kill-'));
  dataset = await smallDataset(folder, { count: 1500, queries: 1000, dimension: 16 });
});
afterAll(() => rm(folder, { recursive: true }));

function annvil(...args: string[]) {
  return execa('node', ['--import', 'tsx', 'harness/cli.ts', ...args], {
    cwd: packageRoot,
    env: { ANNVIL_RUNS: join(folder, 'runs'), ANNVIL_CACHE: join(folder, 'cache') },
    reject: false,
    all: true,
  });
}

const journalPath = () => join(folder, 'runs', 'killed', 'journal.jsonl');
const wholeLines = (text: string) => text.slice(0, text.lastIndexOf('\n') + 1);

it(`survives ${kills} kill -9 at random moments: nothing recorded is lost, no attempt bought twice`, async () => {
  const random = seededRandom('kill', 7);
  const flags = [
    '--dataset',
    dataset.dataset,
    '--queries',
    dataset.queries,
    '--group-size',
    '3',
    '--memory-mebibytes',
    '1024',
    '--held-out',
    'k=20',
  ];
  const begin = [
    'campaign',
    '--name',
    'killed',
    '--max-evaluations',
    String(evaluations),
    '--slots',
    'search,refinement',
    ...flags,
  ];
  let before = '';
  for (let kill = 0; kill < kills; ++kill) {
    const running = before === '' ? annvil(...begin) : annvil('resume', 'killed');
    const finished = await Promise.race([running.then(() => true), pause(700 + 3000 * random()).then(() => false)]);
    running.kill('SIGKILL');
    await running;
    const after = await readFile(journalPath(), 'utf8').catch(() => '');
    expect(after.startsWith(wholeLines(before))).toBe(true);
    before = after;
    if (finished) break;
  }
  const last = before === '' ? await annvil(...begin) : await annvil('resume', 'killed');
  const journal = await readFile(journalPath(), 'utf8');
  expect(journal.startsWith(wholeLines(before)), last.all).toBe(true);

  const state = campaignState(await readJournal(join(folder, 'runs', 'killed')));
  expect(state.stopReason, last.all).toBe('evaluation-budget');
  const attempted = state.attempts.map(({ candidate }) => candidate.id);
  expect(attempted).toHaveLength(evaluations);
  expect(new Set(attempted).size).toBe(evaluations);
  expect(state.outcomeCounts.scored).toBeGreaterThan(0);

  const { stdout } = await execa('git', [
    '-C',
    join(folder, 'runs', 'killed', 'lineage'),
    'tag',
    '--list',
    'candidate/*',
  ]);
  expect(stdout.split('\n').sort()).toEqual(
    [...attempted, ...Object.values(state.seeds).map(({ id }) => id)].map((id) => `candidate/${id}`).sort(),
  );
}, 300_000);
