import { describe, expect, it } from 'vitest';
import type { Examination } from '../../evaluate/learned/examination.ts';
import { claimsOf } from './claims.ts';
import { drawings } from './drawing.ts';
import type { FullyMeasured } from './measured.ts';
import { candidateRatio, tailRatio } from './ratios.ts';

const chunks = 10;
const seeds = [1, 2, 3];

/** A curve whose candidates are `factor` times those of another with factor 1, up to noise of seeds and chunks that both curves share. */
function examination(factor: number, seed: number, facts: Examination['facts'] = {}): Examination {
  const points = [1, 2, 4, 8, 16].map((effort, at) => ({
    effort,
    recall: Array.from({ length: chunks }, (_, chunk) => 0.6 + 0.09 * at + 0.002 * Math.sin(seed * 7 + chunk)),
    cost: Array.from({ length: chunks }, (_, chunk) => factor * 1000 * effort * (1 + 0.01 * Math.cos(seed + chunk))),
    cost95: factor * 1300 * effort,
  }));
  return { kind: 'examined', points, facts: { largestPart: 1.03, largestBin: 1.2, ...facts } };
}

const all = (factor: number, facts?: Examination['facts']) => seeds.map((seed) => examination(factor, seed, facts));

function measured(name: string, net: number, facts?: Examination['facts']): FullyMeasured {
  const others = { 'pca-tree': all(1.5), itq: all(1.4), 'random-tree': all(4), 'cross-polytope': all(3) };
  return { name, net: all(net, facts), kmeans: all(1), unmoved: all(1.1 * net), logistic: all(1.05 * net), others };
}

const shown = (cases: readonly FullyMeasured[], rows = 60_000) =>
  Object.fromEntries(claimsOf(cases, [], rows, 'some rows').map(({ claim, shown }) => [claim, shown]));

describe('the ratio of candidates', () => {
  it('is that of the curves, with an interval that holds it', () => {
    const seen = candidateRatio([{ ours: all(0.8), theirs: all(1) }], [0.7, 0.8, 0.9]);
    expect(seen.value).toBeCloseTo(0.8, 6);
    expect(seen.low).toBeLessThanOrEqual(seen.value);
    expect(seen.high).toBeGreaterThanOrEqual(seen.value);
    expect(tailRatio({ ours: all(0.8), theirs: all(1) }, [0.9]).value).toBeCloseTo(0.8, 6);
  });

  it('has a wide interval where seeds differ', () => {
    const ours = [examination(0.7, 1), examination(0.9, 2), examination(1.1, 3)];
    const { low, high } = candidateRatio([{ ours, theirs: all(1) }], [0.8]);
    expect(low).toBeLessThan(0.7);
    expect(high).toBeGreaterThan(1.1);
  });
});

describe('the claims of Neural LSH', () => {
  it('are shown where it is ahead of everything', () => {
    const seen = shown([measured('m=16', 0.8), measured('m=64', 0.9)]);
    expect(Object.values(seen).filter((one) => one === 'yes')).toHaveLength(9);
    expect(Object.values(seen)).not.toContain('no');
    expect(seen['65,536 bins over two levels: fewer candidates than k-means']).toBe('not at this scale');
  });

  it('are not shown where k-means is as good', () => {
    const seen = shown([measured('m=16', 1), measured('m=64', 1.2)]);
    expect(seen['m=16: fewer candidates than k-means']).toBe('no');
    expect(seen['m=64: fewer candidates than k-means']).toBe('no');
    expect(seen['m=64: fewer candidates than every other baseline']).toBe('yes');
  });

  it('say nothing of many bins over few rows, but what was seen', () => {
    const few = claimsOf([measured('m=16', 0.8)], [measured('m=256', 1.1)], 60_000, 'some rows');
    expect(few.find(({ claim }) => claim.startsWith('m=256'))).toMatchObject({
      shown: 'not at this scale',
      seen: { value: expect.closeTo(1.1, 6) },
    });
    const many = claimsOf([measured('m=16', 0.8)], [measured('m=256', 1.1)], 700_000, 'more rows');
    expect(many.find(({ claim }) => claim.startsWith('m=256'))).toMatchObject({ shown: 'no' });
  });

  it('see a partition or a bin that is too large', () => {
    const seen = shown([measured('m=16', 0.8, { largestPart: 1.2, largestBin: 1.7 })]);
    expect(seen['the partition of the graph is balanced to 3 %']).toBe('no');
    expect(seen['after re-binning the largest bin stays within 1.5 times the mean']).toBe('no');
  });

  it('take the larger partition, and no claim for missed, where one seed gives no interval', () => {
    const alone = (each: FullyMeasured): FullyMeasured => ({
      ...each,
      net: each.net.slice(0, 1),
      kmeans: each.kmeans.slice(0, 1),
      unmoved: each.unmoved.slice(0, 1),
      logistic: each.logistic.slice(0, 1),
    });
    const seen = shown([alone(measured('m=16', 1.2)), alone(measured('m=64', 1.2, { largestPart: 1.2 }))]);
    expect(seen['m=16: fewer candidates than k-means']).toBe('not at this scale');
    expect(seen['the partition of the graph is balanced to 3 %']).toBe('no');
  });

  it('are drawn, a line a method', () => {
    const [figure] = drawings([measured('m=16', 0.8)]);
    expect(figure).toMatchObject({ name: 'm-16' });
    const names = figure!.charts.map((chart) =>
      (chart.option('wide') as { series: { name: string }[] }).series.map(({ name }) => name),
    );
    expect(names[0]).toEqual([
      'Neural LSH',
      'k-means',
      'without re-binning',
      'tree of logistic regressions',
      'PCA tree',
      'ITQ',
      'random projection tree',
      'cross-polytope LSH',
    ]);
    expect(names[1]).toEqual(names[0]);
  });
});
