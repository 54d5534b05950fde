/**
 * A/A attempts on a machine that others use: one process burns a core, another keeps touching new memory. No attempt may be
 * accepted, since a challenger that is the champion gains nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { totalmem } from 'node:os';
import { makeWorkbench, openEvaluator } from '../harness/assemble.ts';
import { HarnessError } from '../harness/core/errors.ts';
import { describeInterval } from '../harness/core/outcome.ts';
import { cacheFolder } from '../harness/core/paths.ts';
import { parseSpec } from '../harness/core/spec.ts';
import { progressView } from '../harness/record/live.ts';
import { seedCandidates } from '../harness/seeds.ts';

const burner = 'for (;;);';
/** Fills a quarter of the memory, 2 GiB at most, again and again, a page at a time. */
const hog = `
const size = ${Math.floor(totalmem() / 4 / 2 ** 20)} * 2 ** 20;
for (;;) { const block = Buffer.allocUnsafeSlow(Math.min(size, 2 ** 31)); for (let at = 0; at < block.length; at += 4096) block[at] = at; }
`;

export interface LoadOptions {
  readonly json: boolean;
  readonly runs: number;
  readonly dataset: string;
}

export async function verifyUnderLoad({ json, runs, dataset }: LoadOptions): Promise<boolean> {
  const cacheDir = cacheFolder(process.env);
  const spec = parseSpec({ name: 'load', dataset, buildSecondsLimit: 1200 });
  const bench = await makeWorkbench(spec, cacheDir, progressView({ terminal: false }));
  const { evaluator, close } = await openEvaluator(spec, bench, cacheDir, () => undefined);
  const others: ChildProcess[] = [];
  let accepted = 0;
  let held = 0;
  try {
    const seeds = await seedCandidates('graph');
    for (let run = 0; run < runs; ++run) {
      // The seed's graph is built before the others come.
      if (run === 1) for (const code of [burner, hog]) others.push(spawn(process.execPath, ['-e', code]));
      if (others.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null))
        throw new HarnessError('a process that was to load the machine has ended; free some memory and try again');
      const { outcome } = await evaluator.compare(seeds, seeds, undefined, { queries: 'search' });
      if (outcome.kind !== 'scored') throw new HarnessError(`the seed is not scored: ${JSON.stringify(outcome)}`);
      const { speedup, verdict, rounds } = outcome;
      accepted += verdict === 'accepted' ? 1 : 0;
      held += speedup.low <= 1 && speedup.high >= 1 ? 1 : 0;
      console.error(`${run + 1}  ${describeInterval(speedup)}  ${verdict}  ${rounds} rounds`);
    }
  } finally {
    for (const other of others) other.kill('SIGKILL');
    await close();
  }
  const result = { runs, accepted, held };
  console.log(
    json ? JSON.stringify(result) : `${accepted} of ${runs} A/A attempts under load accepted, ${held} hold 1`,
  );
  return accepted === 0;
}
