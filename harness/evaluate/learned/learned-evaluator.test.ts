import { describe, expect, it } from 'vitest';
import { type Candidate, makeCandidate } from '../../core/candidate.ts';
import type { Index } from '../../core/evaluation.ts';
import { seededRandom } from '../../core/random.ts';
import { perSlot, type Slot } from '../../core/target.ts';
import { Failed } from '../failed.ts';
import type { Examination } from './examination.ts';
import { LearnedEvaluator } from './learned-evaluator.ts';
import type { LearnedCase } from './learned-target.ts';
import { meanSaving } from './log-ratio.ts';

const cases = ['m=16', 'm=64'].map((name) => ({ name }) as LearnedCase);
const baselineCost = 1000;

/** A header that costs `factor` times the baseline, give or take the luck of its training. */
function header(slot: Slot, factor: number): Candidate {
  return makeCandidate({ slot, source: String(factor), parents: [], origin: { proposer: 'seed' } });
}

function index(factor: number): Index {
  return perSlot('neural-lsh', (slot) => header(slot, slot === 'router' ? factor : 1));
}

/** How far recall goes, by chunk of queries, where it does not vary as the rest does. */
type Top = (chunk: number, factor: number) => number;

function examination(factor: number, luck: () => number, top?: Top): Examination {
  const trained = factor * Math.exp(0.02 * (luck() - 0.5));
  const points = [0.6, 0.8, 0.9, 0.99].map((recall, effort) => ({
    effort: effort + 1,
    recall: Array.from({ length: 20 }, (_, chunk) =>
      top && effort === 3 ? top(chunk, factor) : Math.min(1, recall + 0.005 * (luck() - 0.5)),
    ),
    cost: Array.from({ length: 20 }, () => trained * baselineCost * 2 ** effort * (1 + 0.05 * (luck() - 0.5))),
    cost95: 2,
  }));
  return { kind: 'examined', points, facts: { modelBytes: 4096, trainSeconds: 3, largestBin: 1.2 } };
}

function evaluator(trained: string[] = [], top?: Top) {
  const factorOf = (one: Index) => Number(one.router.source);
  return new LearnedEvaluator({
    target: { name: 'neural-lsh', reward: (curve, baseline) => meanSaving(curve, baseline, [0.7, 0.8, 0.9, 0.95]) },
    cases,
    requiredGain: 0.01,
    windowEnd: 0.95,
    check: () => undefined,
    maker: {
      compile: async () => ({ train: '', serve: '' }),
      examined: async (headers, { name }, seed, queries) => {
        const factor = factorOf(headers as Index);
        trained.push(`${factor} ${name} ${seed}`);
        if (factor < 0)
          throw new Failed({ kind: 'over-limit', stage: 'examine', resource: 'largest-bin', limit: 1.5, used: 4 });
        return examination(factor, seededRandom(factor, name, seed, queries), top);
      },
      baseline: async ({ name }, seed) => examination(1, seededRandom('baseline', name, seed)),
    },
  });
}

describe('a comparison of learned indexes', () => {
  const options = { queries: 'search' } as const;

  it('accepts one that saves a tenth, by few seeds, and says what it saves', async () => {
    const judge = evaluator();
    const { outcome } = await judge.compare(index(0.9), index(1), header('router', 0.9), options);
    expect(outcome).toMatchObject({ kind: 'scored', verdict: 'accepted', cost: { trainSeconds: 3, largestBin: 1.2 } });
    if (outcome.kind !== 'scored') return;
    expect(outcome.speedup.low).toBeLessThan(1 / 0.9);
    expect(outcome.speedup.high).toBeGreaterThan(1 / 0.9);
    expect(outcome.rounds).toBeLessThan(5);
  });

  it('needs one seed for what is far worse, once it knows how much seeds vary', async () => {
    const judge = evaluator();
    await judge.compare(index(0.9), index(1), undefined, options);
    const { outcome } = await judge.compare(index(1.5), index(1), header('router', 1.5), options);
    expect(outcome).toMatchObject({ kind: 'scored', verdict: 'slower', rounds: 1 });
  });

  it('finds no difference between an index and itself, trained by other seeds', async () => {
    const trained: string[] = [];
    const { outcome } = await evaluator(trained).compare(index(1), index(1), undefined, {
      ...options,
      precision: 'full',
    });
    expect(outcome).toMatchObject({ kind: 'scored', rounds: 5 });
    if (outcome.kind !== 'scored') return;
    expect(outcome.speedup.low).toBeLessThan(1);
    expect(outcome.speedup.high).toBeGreaterThan(1);
    expect(outcome.speedup.high / outcome.speedup.low).toBeLessThan(1.1);
    expect(new Set(trained).size).toBe(trained.length);
  });

  it('trains by other seeds for a promotion than for an attempt', async () => {
    const seeds = async (queries: 'search' | 'promotion') => {
      const trained: string[] = [];
      await evaluator(trained).compare(index(0.9), index(1), undefined, { queries });
      return new Set(trained);
    };
    const [search, promotion] = [await seeds('search'), await seeds('promotion')];
    expect([...search].filter((one) => promotion.has(one))).toEqual([]);
  });

  it('takes a broken limit as the candidate’s outcome, and a champion that fails as trouble of its own', async () => {
    const judge = evaluator();
    const { outcome } = await judge.compare(index(-1), index(1), header('router', -1), options);
    expect(outcome).toMatchObject({ kind: 'over-limit', resource: 'largest-bin' });
    await expect(judge.compare(index(1), index(-1), undefined, options)).rejects.toThrow(
      /champion \(.*router-.*\) no longer passes/,
    );
    await expect(judge.prepare([{ challenger: index(-1), changed: header('router', -1) }])).resolves.toBeUndefined();
  });

  it('takes one that reaches the window by a single chunk of queries for short, and such a champion for trouble of its own', async () => {
    // Every chunk ends at .9495 and the first at .97: with it the mean is above .95, and without it below.
    const barely = (chunk: number) => (chunk === 0 ? 0.97 : 0.9495);
    const judge = evaluator([], barely);
    const { outcome } = await judge.compare(index(0.9), index(0.8), undefined, options);
    expect(outcome).toMatchObject({ kind: 'low-recall', best: expect.closeTo(0.9495, 6), required: 0.95 });
    const onlyChampion = evaluator([], (chunk, factor) => (factor === 0.8 ? barely(chunk) : 0.99));
    await expect(onlyChampion.compare(index(0.9), index(0.8), undefined, options)).rejects.toThrow(
      `the champion (${Object.values(index(0.8))
        .map(({ id }) => id)
        .join(', ')}) cannot be compared with`,
    );
  });

  it('says how far the recall of one goes that ends inside the window', async () => {
    const { outcome } = await evaluator([], () => 0.93).compare(index(0.9), index(0.8), undefined, options);
    expect(outcome).toMatchObject({ kind: 'low-recall', required: 0.95 });
  });
});
