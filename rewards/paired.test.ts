import { expect, test } from 'vitest';
import { HarnessError } from '../harness/core/errors.ts';
import type { CurvePoint } from '../harness/core/outcome.ts';
import type { Random } from '../harness/core/policy.ts';
import { seededRandom } from '../harness/core/random.ts';
import { type Comparison, compareAreas, type PairedBlock } from './paired.ts';

/** What a simulated paired run suffers from. */
interface SimulatedNoise {
  /** True area ratio: the challenger is this much faster at every effort. */
  readonly ratio: number;
  /** Standard deviation of log-qps, of each reading and (shared by both sides) of each block. */
  readonly timing: number;
  /** Share of readings slowed by a neighbour, 1.5 times. */
  readonly outliers: number;
  /** Share of blocks of which one whole side is slowed so. */
  readonly slowedSides: number;
  /** Neighbours asked for in a block, of which `recall` are found: the trials of a binomial. Infinity: no recall noise. */
  readonly answers: number;
}

/** Recall and qps by effort of an ordinary graph index. */
const truth: readonly CurvePoint[] = [
  { effort: 16, recall: 0.83, qps: 20000 },
  { effort: 24, recall: 0.88, qps: 15000 },
  { effort: 32, recall: 0.905, qps: 12000 },
  { effort: 44, recall: 0.93, qps: 9500 },
  { effort: 64, recall: 0.953, qps: 7000 },
  { effort: 80, recall: 0.965, qps: 5800 },
];

function simulatedRun(blocks: number, noise: SimulatedNoise, random: Random): PairedBlock[] {
  return Array.from({ length: blocks }, () => {
    const common = noise.timing * normal(random);
    const side = (ratio: number): CurvePoint[] => {
      const slowed = random() < noise.slowedSides ? 1.5 : 1;
      return truth.map(({ effort, recall, qps }) => {
        const visited = random() < noise.outliers ? 1.5 : 1;
        const deviation = common + noise.timing * normal(random);
        const spread = Math.sqrt((recall * (1 - recall)) / noise.answers);
        return {
          effort,
          recall: Math.min(1, recall + spread * normal(random)),
          qps: (ratio * qps * Math.exp(deviation)) / slowed / visited,
        };
      });
    };
    return { challenger: side(noise.ratio), champion: side(1) };
  });
}

/** Box and Muller's normal deviate. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function compared(comparison: Comparison): Extract<Comparison, { kind: 'compared' }> {
  if (comparison.kind !== 'compared') throw new Error(`short: ${comparison.side} ends at ${comparison.best}`);
  return comparison;
}

/** Share of A/A runs whose interval holds the true ratio of 1. */
function coverage(runs: number, blocks: number, noise: Omit<SimulatedNoise, 'ratio'>): number {
  const random = seededRandom('coverage', blocks, JSON.stringify(noise));
  let covered = 0;
  for (let run = 0; run < runs; run++) {
    const { speedup } = compared(compareAreas(simulatedRun(blocks, { ...noise, ratio: 1 }, random)));
    if (speedup.low <= 1 && speedup.high >= 1) covered += 1;
  }
  return covered / runs;
}

const quiet: SimulatedNoise = {
  ratio: 1,
  timing: 0,
  outliers: 0,
  slowedSides: 0,
  answers: Number.POSITIVE_INFINITY,
};

test.each([
  ['readings hit by a neighbour', 12, { timing: 0.03, outliers: 0.05, slowedSides: 0, answers: 2000 }],
  ['readings hit by a neighbour, exact recalls', 12, { ...quiet, timing: 0.03, outliers: 0.05 }],
  ['few blocks', 4, { timing: 0.03, outliers: 0.05, slowedSides: 0, answers: 2000 }],
  ['blocks with one side slowed throughout', 12, { timing: 0.03, outliers: 0, slowedSides: 0.05, answers: 2000 }],
])('95 %% intervals of A/A runs hold 1 in 91 to 99 %% of them: %s', (_, blocks, noise) => {
  const share = coverage(400, blocks, noise);
  expect(share).toBeGreaterThanOrEqual(0.91);
  expect(share).toBeLessThanOrEqual(0.99);
});

test('tells a true 3 % from none at 1 % noise, outliers or not', () => {
  const random = seededRandom('three percent');
  let told = 0;
  for (let run = 0; run < 50; run++) {
    const noise = { ...quiet, ratio: 1.03, timing: 0.01, outliers: 0.05, answers: 50000 };
    const { speedup } = compared(compareAreas(simulatedRun(12, noise, random)));
    expect(Math.abs(Math.log(speedup.value / 1.03))).toBeLessThan(0.02);
    if (speedup.low > 1) told += 1;
  }
  expect(told).toBeGreaterThanOrEqual(48);
});

test('recall noise widens the interval', () => {
  const width = (answers: number) => {
    const noise = { ...quiet, timing: 0.01, answers };
    const { low, high } = compared(compareAreas(simulatedRun(20, noise, seededRandom('width')))).speedup;
    return high / low;
  };
  expect(width(500)).toBeGreaterThan(1.5 * (width(Number.POSITIVE_INFINITY) - 1) + 1);
});

test('what both sides share cancels: equal answers and a machine that drifts leave no doubt', () => {
  const drifting = simulatedRun(8, { ...quiet, answers: 500 }, seededRandom('drift')).map(({ champion }, block) => {
    const slower = champion.map((point) => ({ ...point, qps: point.qps / (1 + 0.3 * block) }));
    return { challenger: slower.map((point) => ({ ...point, qps: 1.1 * point.qps })), champion: slower };
  });
  const { speedup } = compared(compareAreas(drifting));
  expect(speedup.value).toBeCloseTo(1.1, 10);
  expect(speedup.high - speedup.low).toBeLessThan(1e-9);
});

test('one reading hit hard hardly moves the ratio', () => {
  const blocks = simulatedRun(10, { ...quiet, timing: 0.01 }, seededRandom('hit'));
  const before = compared(compareAreas(blocks)).speedup;
  const hit = blocks.map((block, index) =>
    index === 4
      ? { ...block, challenger: block.challenger.map((p, at) => (at === 2 ? { ...p, qps: p.qps / 5 } : p)) }
      : block,
  );
  const after = compared(compareAreas(hit)).speedup;
  expect(Math.abs(after.value - before.value)).toBeLessThan(0.005);
});

test('the speed-up is the ratio of the two areas it reports, and turns over when sides are swapped', () => {
  const blocks = simulatedRun(6, { ...quiet, timing: 0.02, ratio: 1.2, answers: 5000 }, seededRandom('swap'));
  const forth = compared(compareAreas(blocks));
  const back = compared(
    compareAreas(blocks.map(({ challenger, champion }) => ({ challenger: champion, champion: challenger }))),
  );
  expect(forth.speedup.value).toBe(forth.challengerArea / forth.championArea);
  expect(back.speedup.value).toBeCloseTo(1 / forth.speedup.value, 10);
  expect(back.speedup.low).toBeCloseTo(1 / forth.speedup.high, 10);
  expect(forth.blocks).toBe(6);
});

test('a side that misses the window pooled has no ratio, the challenger named first', () => {
  const blocks = simulatedRun(4, quiet, seededRandom('short'));
  const cut = (curve: readonly CurvePoint[]) => curve.slice(0, 4);
  const short = compareAreas(blocks.map((block) => ({ ...block, challenger: cut(block.challenger) })));
  expect(short).toMatchObject({ kind: 'short', side: 'challenger', best: expect.closeTo(0.93) });
  const champion = compareAreas(blocks.map((block) => ({ ...block, champion: cut(block.champion) })));
  expect(champion).toMatchObject({ kind: 'short', side: 'champion' });
});

test('survives a window whose end is lost with one block left out', () => {
  const blocks = simulatedRun(4, { ...quiet, timing: 0.01 }, seededRandom('hair')).map((block, index) => ({
    ...block,
    challenger: block.challenger
      .slice(0, 5)
      .map((p) => (p.effort === 64 ? { ...p, recall: index === 0 ? 0.956 : 0.9485 } : p)),
  }));
  const { speedup } = compared(compareAreas(blocks));
  expect(Number.isFinite(speedup.low) && Number.isFinite(speedup.high)).toBe(true);
});

test('a single effort a side will do', () => {
  const one = (qps: number) => [{ effort: 1, recall: 0.97, qps }];
  const blocks = [100, 101, 99].map((qps) => ({ challenger: one(2 * qps), champion: one(qps) }));
  expect(compared(compareAreas(blocks)).speedup.value).toBeCloseTo(2, 10);
});

test('refuses one block, differing efforts and impossible readings', () => {
  const [first, second] = simulatedRun(2, quiet, seededRandom('refuse')) as [PairedBlock, PairedBlock];
  expect(() => compareAreas([first])).toThrow(HarnessError);
  expect(() => compareAreas([first, { ...second, champion: second.champion.slice(1) }])).toThrow('differ in efforts');
  const stopped = second.champion.map((point) => ({ ...point, qps: 0 }));
  expect(() => compareAreas([first, { ...second, champion: stopped }])).toThrow('impossible point');
});
