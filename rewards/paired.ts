import type { TimedPoint } from '../harness/core/curve-point.ts';
import { HarnessError } from '../harness/core/errors.ts';
import { graphWindow, type RecallWindow, windowArea } from './area.ts';
import type { Estimate, RoundNoise } from './estimate.ts';
import { assertPossible, frontier } from './frontier.ts';
import { clipOutliers } from './outliers.ts';
import { type Omitted, twoWayError } from './two-way.ts';

/** One chunk of queries, asked of both sides at every effort of theirs. */
export interface PairedBlock {
  readonly challenger: readonly TimedPoint[];
  readonly champion: readonly TimedPoint[];
}

/**
 * What one pair of processes answered, chunk by chunk. Every round has the same chunks in the same order, chunks have equally
 * many queries, and each side lists the same efforts in the same order throughout.
 */
export type Round = readonly PairedBlock[];

type Side = keyof PairedBlock;

/** The comparison of two areas, and the pooled curves they were taken from. */
export type Comparison =
  | {
      readonly kind: 'compared';
      /** log of the ratio of the two areas below, challenger's to champion's. */
      readonly logRatio: Estimate;
      /** How much one round's log-ratio was seen to vary; absent for a single round. */
      readonly noise?: RoundNoise;
      readonly challengerArea: number;
      readonly championArea: number;
      readonly challenger: readonly TimedPoint[];
      readonly champion: readonly TimedPoint[];
      readonly rounds: number;
    }
  /** A side's pooled curve ends below the window (the challenger's, where both do), so there is no ratio. */
  | { readonly kind: 'short'; readonly side: Side; readonly best: number; readonly curve: readonly TimedPoint[] };

/**
 * Compares two indexes by the log-ratio of their areas.
 *
 * A chunk has too few queries to place its own points on the recall axis: a curve of its own would be mostly recall noise,
 * bent by the frontier (which picks the lucky). So curves are pooled (mean recall, geometric mean qps a cell), and the
 * uncertainty comes from leaving parts out (the delete-a-group jackknife; Efron & Tibshirani 1993, chapter 11).
 *
 * Two things vary, crossed with each other: rounds (where a process' memory came to lie, and what the machine did meanwhile)
 * and queries (every round asks the same ones, and answers them alike): `twoWayError`.
 *
 * @param prior the machine's noise as seen so far
 * @throws HarnessError for fewer than two chunks, blocks of different efforts, or one round and no prior
 */
export function compareAreas(rounds: readonly Round[], prior?: RoundNoise, window = graphWindow): Comparison {
  assertComparable(rounds);
  const steady = withoutOutliers(rounds);
  const challenger = pooledCurve(steady, 'challenger');
  const champion = pooledCurve(steady, 'champion');
  const challengerArea = windowArea(challenger, window);
  const championArea = windowArea(champion, window);
  if (challengerArea.kind === 'short')
    return { kind: 'short', side: 'challenger', best: challengerArea.best, curve: challenger };
  if (championArea.kind === 'short')
    return { kind: 'short', side: 'champion', best: championArea.best, curve: champion };
  const statistic = (left: Omitted) =>
    logArea(pooledCurve(steady, 'challenger', left), window) - logArea(pooledCurve(steady, 'champion', left), window);
  const { noise, ...uncertainty } = twoWayError({ rounds: steady.length, chunks: steady[0]!.length }, statistic, prior);
  return {
    kind: 'compared',
    logRatio: { value: Math.log(challengerArea.area / championArea.area), ...uncertainty },
    ...(noise && { noise }),
    challengerArea: challengerArea.area,
    championArea: championArea.area,
    challenger,
    champion,
    rounds: rounds.length,
  };
}

function assertComparable(rounds: readonly Round[]): void {
  const chunks = rounds[0]?.length ?? 0;
  if (chunks < 2) throw new HarnessError(`a paired comparison needs at least 2 chunks of queries, got ${chunks}`);
  const other = rounds.find((round) => round.length !== chunks);
  if (other) throw new HarnessError(`rounds of one run differ in chunks: ${chunks}; ${other.length}`);
  const efforts = (block: PairedBlock) =>
    [block.challenger, block.champion].map((side) => side.map((point) => point.effort).join(' ')).join(' against ');
  const first = efforts(rounds[0]![0]!);
  const different = rounds
    .flat()
    .map(efforts)
    .find((listed) => listed !== first);
  if (different !== undefined) throw new HarnessError(`blocks of one run differ in efforts: ${first}; ${different}`);
  for (const { challenger, champion } of rounds.flat()) assertPossible([...challenger, ...champion]);
}

function withoutOutliers(rounds: readonly Round[]): Round[] {
  const logs = rounds
    .flat()
    .map(({ challenger, champion }) => [...challenger, ...champion].map(({ qps }) => Math.log(qps)));
  const clipped = clipOutliers(logs);
  return rounds.map((round, number) =>
    round.map(({ challenger, champion }, chunk) => {
      const qps = clipped[number * round.length + chunk]!.map(Math.exp);
      return {
        challenger: challenger.map((point, index) => ({ ...point, qps: qps[index]! })),
        champion: champion.map((point, index) => ({ ...point, qps: qps[challenger.length + index]! })),
      };
    }),
  );
}

/** One side's curve over all that is not left out: mean recall and geometric mean qps (ratios average in logs) an effort. */
function pooledCurve(rounds: readonly Round[], side: Side, left: Omitted = {}): TimedPoint[] {
  const isLeftOut = (round: number, chunk: number) =>
    (left.round === undefined || left.round === round) &&
    (left.chunk === undefined || left.chunk === chunk) &&
    (left.round !== undefined || left.chunk !== undefined);
  const kept = rounds.flatMap((round, number) =>
    round.flatMap((block, chunk) => (isLeftOut(number, chunk) ? [] : [block[side]])),
  );
  return kept[0]!.map(({ effort }, index) => {
    let recall = 0;
    let logQps = 0;
    for (const points of kept) {
      recall += points[index]!.recall;
      logQps += Math.log(points[index]!.qps);
    }
    return { effort, recall: recall / kept.length, qps: Math.exp(logQps / kept.length) };
  });
}

/**
 * log of the area, also of a curve that only lost the window's last hair with a part left out: its last segment is drawn on
 * to the end. Only variances are taken from it; a run whose own pooled curve is short never gets here.
 */
function logArea(curve: readonly TimedPoint[], window: RecallWindow): number {
  const edge = frontier(curve);
  const [before, last] = [edge.at(-2), edge.at(-1)!];
  const slope = before ? Math.log(last.qps / before.qps) / (last.recall - before.recall) : 0;
  const end = { ...last, recall: window.high, qps: last.qps * Math.exp(slope * (window.high - last.recall)) };
  const area = windowArea(last.recall < window.high ? [...edge, end] : edge, window);
  return area.kind === 'whole' ? Math.log(area.area) : Number.NaN;
}
