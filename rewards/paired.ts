import { HarnessError } from '../harness/core/errors.ts';
import type { CurvePoint, Interval } from '../harness/core/outcome.ts';
import { graphWindow, type RecallWindow, windowArea } from './area.ts';
import { assertPossible, frontier } from './frontier.ts';
import { jackknife } from './jackknife.ts';
import { clipOutliers } from './outliers.ts';

/**
 * One block of a paired run: every effort of both sides, on the same queries, batches interleaved. Each side lists the same
 * efforts in the same order in every block, and blocks ask equally many queries.
 */
export interface PairedBlock {
  readonly challenger: readonly CurvePoint[];
  readonly champion: readonly CurvePoint[];
}

type Side = keyof PairedBlock;

/** The comparison of two areas, and the pooled curves they were taken from. */
export type Comparison =
  | {
      readonly kind: 'compared';
      /** Ratio of the challenger's area to the champion's; `value` is exactly that of the two areas below. */
      readonly speedup: Interval;
      readonly challengerArea: number;
      readonly championArea: number;
      readonly challenger: readonly CurvePoint[];
      readonly champion: readonly CurvePoint[];
      readonly blocks: number;
    }
  /** A side's pooled curve ends below the window (the challenger's, where both do), so there is no ratio. */
  | { readonly kind: 'short'; readonly side: Side; readonly best: number; readonly curve: readonly CurvePoint[] };

/**
 * Compares two indexes by the log-ratio of their areas, with a 95 % interval over blocks.
 *
 * A block has too few queries to place its own points on the recall axis: a curve of its own would be mostly recall noise,
 * bent by the frontier (which picks the lucky). So curves are pooled (mean recall, geometric mean qps a cell) and the
 * uncertainty comes from leaving out one block at a time. The pooled curve without block b lacks b's timings and b's answers
 * alike, on both sides, so the interval carries timing noise, recall noise and how they go together (hard queries are slow and
 * missed, by both sides at once), and what both sides share cancels. Timings hit by a neighbour are clipped first.
 *
 * @throws HarnessError for fewer than two blocks, or blocks of different efforts
 */
export function compareAreas(blocks: readonly PairedBlock[], window: RecallWindow = graphWindow): Comparison {
  assertComparable(blocks);
  const steady = withoutOutliers(blocks);
  const challenger = pooledCurve(steady, 'challenger', null);
  const champion = pooledCurve(steady, 'champion', null);
  const challengerArea = windowArea(challenger, window);
  const championArea = windowArea(champion, window);
  if (challengerArea.kind === 'short')
    return { kind: 'short', side: 'challenger', best: challengerArea.best, curve: challenger };
  if (championArea.kind === 'short')
    return { kind: 'short', side: 'champion', best: championArea.best, curve: champion };

  const logRatio = jackknife(
    steady.length,
    (omitted) =>
      logArea(pooledCurve(steady, 'challenger', omitted), window) -
      logArea(pooledCurve(steady, 'champion', omitted), window),
  );
  return {
    kind: 'compared',
    speedup: {
      value: challengerArea.area / championArea.area,
      low: Math.exp(logRatio.low),
      high: Math.exp(logRatio.high),
    },
    challengerArea: challengerArea.area,
    championArea: championArea.area,
    challenger,
    champion,
    blocks: blocks.length,
  };
}

function assertComparable(blocks: readonly PairedBlock[]): void {
  if (blocks.length < 2) throw new HarnessError(`a paired comparison needs at least 2 blocks, got ${blocks.length}`);
  const efforts = (block: PairedBlock) =>
    [block.challenger, block.champion].map((side) => side.map((point) => point.effort).join(' ')).join(' against ');
  const first = efforts(blocks[0]!);
  const other = blocks.map(efforts).find((listed) => listed !== first);
  if (other !== undefined) throw new HarnessError(`blocks of one run differ in efforts: ${first}; ${other}`);
  for (const { challenger, champion } of blocks) assertPossible([...challenger, ...champion]);
}

function withoutOutliers(blocks: readonly PairedBlock[]): PairedBlock[] {
  const logs = blocks.map(({ challenger, champion }) => [...challenger, ...champion].map(({ qps }) => Math.log(qps)));
  const clipped = clipOutliers(logs);
  return blocks.map(({ challenger, champion }, block) => {
    const qps = clipped[block]!.map(Math.exp);
    return {
      challenger: challenger.map((point, index) => ({ ...point, qps: qps[index]! })),
      champion: champion.map((point, index) => ({ ...point, qps: qps[challenger.length + index]! })),
    };
  });
}

/** One side's curve over all blocks but `omitted`: mean recall and geometric mean qps (ratios average in logs) an effort. */
function pooledCurve(blocks: readonly PairedBlock[], side: Side, omitted: number | null): CurvePoint[] {
  const kept = blocks.filter((_, block) => block !== omitted).map((block) => block[side]);
  const mean = (of: (points: readonly CurvePoint[]) => number) =>
    kept.reduce((sum, points) => sum + of(points), 0) / kept.length;
  return kept[0]!.map(({ effort }, index) => ({
    effort,
    recall: mean((points) => points[index]!.recall),
    qps: Math.exp(mean((points) => Math.log(points[index]!.qps))),
  }));
}

/**
 * log of the area, also of a curve that only lost the window's last hair with the block left out: its last segment is drawn on
 * to the end. Only variances are taken from it; a run whose own pooled curve is short never gets here.
 */
function logArea(curve: readonly CurvePoint[], window: RecallWindow): number {
  const edge = frontier(curve);
  const [before, last] = [edge.at(-2), edge.at(-1)!];
  const slope = before ? Math.log(last.qps / before.qps) / (last.recall - before.recall) : 0;
  const end = { ...last, recall: window.high, qps: last.qps * Math.exp(slope * (window.high - last.recall)) };
  const area = windowArea(last.recall < window.high ? [...edge, end] : edge, window);
  return area.kind === 'whole' ? Math.log(area.area) : Number.NaN;
}
