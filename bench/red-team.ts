/**
 * Runs every hostile candidate through the evaluator twice: under the static rules, and without them, since these go by words
 * and the walls behind must hold alone. One is caught where neither path stands it above the honest seed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWorkbench, openEvaluator } from '../harness/assemble.ts';
import type { Candidate } from '../harness/core/candidate.ts';
import { HarnessError } from '../harness/core/errors.ts';
import type { Evaluator, Index } from '../harness/core/evaluation.ts';
import { graphCostOf } from '../harness/core/index-cost.ts';
import type { IndexCost } from '../harness/core/outcome.ts';
import { parseSpec } from '../harness/core/spec.ts';
import { checkSource } from '../harness/evaluate/check.ts';
import { seedCandidates } from '../harness/seeds.ts';
import { cheating, lockpicking, readHostile, uncompilable, unruly, wallOf } from '../harness/testing/red-team.ts';
import { smallDataset } from '../harness/testing/small-dataset.ts';

interface Verdict {
  readonly name: string;
  readonly caught: boolean;
  /** The static rule, if one applies, and the wall behind it. */
  readonly rule: string;
}

const silent = { event: () => {}, close: () => {} };

export async function verifyRedTeam({ json }: { json: boolean }): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-red-team-'));
  try {
    const verdicts = await judgeAll(folder, ({ name, caught, rule }) => {
      if (!json) console.log(`${caught ? 'caught    ' : 'NOT CAUGHT'}  ${name.padEnd(30)}${rule}`);
    });
    const caught = verdicts.filter((verdict) => verdict.caught).length;
    console.log(json ? JSON.stringify(verdicts, null, 2) : `${caught} of ${verdicts.length} caught`);
    return caught === verdicts.length;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function judgeAll(folder: string, onVerdict: (verdict: Verdict) => void): Promise<Verdict[]> {
  const files = await smallDataset(folder, { queries: 4000 });
  const spec = parseSpec({ name: 'red-team', ...files, memoryMebibytes: 512, buildSecondsLimit: 10 });
  const bench = await makeWorkbench(spec, folder, silent);
  let rules = false;
  let seedCost: IndexCost | undefined;
  const { evaluator, close } = await openEvaluator(spec, bench, folder, () => graphCostOf(seedCost), {
    check: (slot, source) => (rules ? checkSource(slot, source) : undefined),
    limits: { prepareSeconds: 4, smokeSeconds: 3 },
  });
  try {
    const seeds = await seedCandidates('graph');
    const honest = await evaluator.compare(seeds, seeds, undefined, { queries: 'search' });
    if (honest.outcome.kind !== 'scored') throw new HarnessError(`the seed is not scored: ${wallOf(honest.outcome)}`);
    seedCost = honest.outcome.cost;
    // Compiled side by side before anything is timed, but for those that never yield a binary to keep.
    const compilable = await Promise.all([...unruly, ...cheating, ...lockpicking].map(readHostile));
    await evaluator.prepare(
      compilable.map((changed) => ({ challenger: { ...seeds, [changed.slot]: changed }, changed })),
    );
    const verdicts: Verdict[] = [];
    for (const hostile of [...unruly, ...cheating, ...lockpicking, ...uncompilable]) {
      const changed = await readHostile(hostile);
      rules = true;
      const first = await judge(evaluator, seeds, changed);
      rules = false;
      const second = first?.startsWith('static:') ? await judge(evaluator, seeds, changed) : first;
      const caught = first !== undefined && second !== undefined;
      const walls = [...new Set([first, second])].map((wall) => wall ?? 'none');
      verdicts.push({ name: hostile.name, caught, rule: walls.join(' + ') });
      onVerdict(verdicts.at(-1)!);
    }
    return verdicts;
  } finally {
    await close();
  }
}

async function judge(evaluator: Evaluator, seeds: Index, changed: Candidate): Promise<string | undefined> {
  const { outcome } = await evaluator.compare({ ...seeds, [changed.slot]: changed }, seeds, changed, {
    queries: 'search',
  });
  return wallOf(outcome);
}
