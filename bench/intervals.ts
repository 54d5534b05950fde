/**
 * Which interval covers: methods side by side on simulated A/A runs whose truth is known. A method is good where it covers 95 %
 * under every kind of noise, and better the narrower it then is.
 */

import type { Interval, TimedPoint } from '../harness/core/outcome.ts';
import type { Random } from '../harness/core/policy.ts';
import { seededRandom } from '../harness/core/random.ts';
import { graphWindow, windowArea } from '../rewards/area.ts';
import { ratioInterval } from '../rewards/estimate.ts';
import { compareAreas, type Round } from '../rewards/paired.ts';
import { studentT } from '../rewards/student-t.ts';
import { quiet, type SimulatedNoise, simulatedRun } from '../rewards/testing/simulated-run.ts';

const rounds = 8;
const chunks = 20;

const noises: Record<string, Partial<SimulatedNoise>> = {
  'timing alone': { timing: 0.06 },
  'and processes that differ': { timing: 0.05, placement: 0.008 },
  'and neighbours': { timing: 0.05, placement: 0.004, outliers: 0.05 },
  'and differing answers': { timing: 0.04, placement: 0.004, answers: 2000 },
};

type Method = (run: readonly Round[], random: Random) => Interval;

/** log-ratio of the areas of pooled curves over some rounds and chunks, as they stand: no outlier is clipped. */
function logRatio(run: readonly Round[], chosen: readonly (readonly [round: number, chunk: number])[]): number {
  const pooled = (side: 'challenger' | 'champion'): TimedPoint[] =>
    run[0]![0]![side].map(({ effort }, index) => {
      const points = chosen.map(([round, chunk]) => run[round]![chunk]![side][index]!);
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const qps = Math.exp(mean(points.map((point) => Math.log(point.qps))));
      return { effort, recall: mean(points.map(({ recall }) => recall)), qps };
    });
  const area = (side: 'challenger' | 'champion') => {
    const result = windowArea(pooled(side), graphWindow);
    return Math.log(result.kind === 'whole' ? result.area : result.partial);
  };
  return area('challenger') - area('champion');
}

const cells = Array.from({ length: rounds * chunks }, (_, cell) => [Math.floor(cell / chunks), cell % chunks] as const);

const methods: Record<string, Method> = {
  'two-way jackknife, outliers clipped (in use)': (run) => {
    const comparison = compareAreas(run);
    if (comparison.kind === 'short') return { value: 1, low: 1, high: 1 };
    return ratioInterval(comparison.logRatio);
  },
  't over rounds': (run) => {
    const values = run.map((_, round) =>
      logRatio(
        run,
        cells.filter(([of]) => of === round),
      ),
    );
    return tInterval(values);
  },
  'block bootstrap over rounds and chunks': (run, random) => {
    const value = logRatio(run, cells);
    const draws = Array.from({ length: 200 }, () => {
      const pick = (count: number) => Array.from({ length: count }, () => Math.floor(random() * count));
      const [inRounds, inChunks] = [pick(rounds), pick(chunks)];
      return logRatio(
        run,
        inRounds.flatMap((round) => inChunks.map((chunk) => [round, chunk] as const)),
      );
    }).sort((a, b) => a - b);
    return { value: Math.exp(value), low: Math.exp(draws[4]!), high: Math.exp(draws[194]!) };
  },
  'median of four means, t over them': (run) => {
    const quarter = rounds / 4;
    const values = Array.from({ length: 4 }, (_, group) =>
      logRatio(
        run,
        cells.filter(([of]) => Math.floor(of / quarter) === group),
      ),
    ).sort((a, b) => a - b);
    const { low, high } = tInterval(values);
    const reach = Math.log(high / low) / 2;
    const median = (values[1]! + values[2]!) / 2;
    return { value: Math.exp(median), low: Math.exp(median - reach), high: Math.exp(median + reach) };
  },
};

function tInterval(values: readonly number[]): Interval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return ratioInterval({ value: mean, standardError: Math.sqrt(variance / count), degrees: count - 1 });
}

export function intervalsText(runs: number): string {
  const lines = [
    `${runs} simulated A/A runs each, ${rounds} rounds of ${chunks} chunks; t(${rounds - 1}) = ${studentT(rounds - 1).toFixed(2)}`,
  ];
  for (const [noiseName, noise] of Object.entries(noises)) {
    lines.push('', noiseName);
    for (const [name, method] of Object.entries(methods)) {
      const random = seededRandom('intervals', noiseName);
      const intervals = Array.from({ length: runs }, () =>
        method(simulatedRun(rounds, chunks, { ...quiet, ...noise }, random), random),
      );
      const covered = intervals.filter(({ low, high }) => low <= 1 && high >= 1).length / runs;
      const width = intervals.reduce((sum, { low, high }) => sum + Math.log(high / low), 0) / runs;
      lines.push(`  ${name.padEnd(46)} covers ${(100 * covered).toFixed(1)} %, ${(100 * width).toFixed(2)} % wide`);
    }
  }
  return lines.join('\n');
}
