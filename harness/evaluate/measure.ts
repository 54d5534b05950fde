import { graphWindow } from '../../rewards/area.ts';
import { nextEffort } from '../../rewards/efforts.ts';
import { type Comparison, compareAreas, type PairedBlock } from '../../rewards/paired.ts';
import type { Probe } from '../../rewards/probes.ts';
import type { CurvePoint } from '../core/outcome.ts';
import type { Random } from '../core/policy.ts';
import { type Batch, batchCost, type PlayerFailure } from './protocol.ts';
import type { Referee } from './referee.ts';

/** Queries [from, from + count) of the order in which the referee serves them. */
export interface QueryRange {
  readonly from: number;
  readonly count: number;
}

/** Queries kept apart: efforts are searched on `probe`, figures come from `timed`, so no query is met twice at one effort. */
export interface QuerySplit {
  readonly probe: QueryRange;
  readonly timed: QueryRange;
}

export type Side = 'challenger' | 'champion';

/** Thrown inside a measurement when a player ends before its time; the evaluator decides whose failure it is. */
export class PlayerEnded extends Error {
  override readonly name = 'PlayerEnded';
  readonly side: Side;
  readonly failure: PlayerFailure;

  constructor(side: Side, failure: PlayerFailure) {
    super(`${side} ${failure.how}: ${failure.detail}`);
    this.side = side;
    this.failure = failure;
  }
}

/** A batch that takes longer than this has hung: the slowest honest one takes a second or two. */
const batchLimitSeconds = 20;
/** Efforts past this cost a hundred times the window's; an index that needs them has no place in the ranking. */
const effortLimits = { min: 1, max: 2048 };
const wantedBlocks = 20;
/** Below this a block's cost is mostly the hand-over. */
const leastQueriesABlock = 50;
const mostProbedQueries = 1000;

export interface MeasureOptions {
  readonly split: QuerySplit;
  readonly random: Random;
  /** The grid that suited the champion before, tried first. */
  readonly hint?: readonly number[];
  readonly onProgress?: (done: number, total: number) => void;
}

/** Times two live players beside each other at matched recall. @throws PlayerEnded */
export async function compareLive(referee: Referee, options: MeasureOptions): Promise<Comparison> {
  const championGrid = await effortGrid(referee, 'champion', options);
  if ('best' in championGrid) return { kind: 'short', side: 'champion', ...championGrid };
  const challengerGrid = await effortGrid(referee, 'challenger', { ...options, hint: championGrid.grid });
  if ('best' in challengerGrid) return { kind: 'short', side: 'challenger', ...challengerGrid };
  const grids = { challenger: challengerGrid.grid, champion: championGrid.grid };
  const { timed } = options.split;
  const size = Math.max(leastQueriesABlock, Math.floor(timed.count / wantedBlocks));
  const count = Math.max(2, Math.floor(timed.count / size));
  const longest = Math.max(grids.challenger.length, grids.champion.length);
  const blocks: PairedBlock[] = [];
  for (let block = 0; block < count; ++block) {
    const rangeOf = (effortIndex: number): QueryRange => {
      const chunk = (block + effortIndex * Math.ceil(count / longest)) % count;
      return { from: timed.from + chunk * size, count: size };
    };
    blocks.push(await timeBlock(referee, grids, rangeOf, warmUp(grids, options.split, block, count), options.random));
    options.onProgress?.(block + 1, count);
  }
  return compareAreas(blocks, graphWindow);
}

type EffortGrid =
  | { readonly grid: readonly number[] }
  | { readonly best: number; readonly curve: readonly CurvePoint[] };

/** The efforts whose recalls cover the window, found on the probe queries. */
async function effortGrid(referee: Referee, player: Side, { split, hint }: MeasureOptions): Promise<EffortGrid> {
  const from = split.probe.from;
  const count = Math.min(split.probe.count, mostProbedQueries);
  const probes: Probe[] = [];
  const curve: CurvePoint[] = [];
  for (;;) {
    const step = nextEffort(probes, graphWindow, effortLimits, hint ?? []);
    if (step.kind === 'done') return { grid: step.grid };
    if (step.kind === 'short') return { best: step.best, curve };
    const [point] = await runBatches(referee, [{ player, effort: step.effort, from, count }]);
    probes.push({ effort: step.effort, recall: point!.recall });
    curve.push(point!);
  }
}

/**
 * What is asked first and not counted: after the pause between two blocks the first batch meets a core that others have used,
 * and was seen to be up to half slower. Probe queries, each once, at an effort that none of them was probed or timed at.
 */
function warmUp(grids: Record<Side, readonly number[]>, { probe }: QuerySplit, block: number, blocks: number): Batch[] {
  const count = Math.max(1, Math.floor(Math.min(probe.count, mostProbedQueries) / blocks));
  const effort = 1 + Math.max(...grids.challenger, ...grids.champion);
  return (['challenger', 'champion'] as const).map((player) => ({
    player,
    effort,
    from: probe.from + block * count,
    count,
  }));
}

/**
 * Every effort of both sides once, sides taking turns, the order drawn anew and mirrored turn by turn. Both sides meet the same
 * queries at their i-th effort, but each effort others than the next: asked twice in a row, the second effort would find what
 * the first one left in the caches (a quarter faster, as was seen), and the order of efforts would decide. Over all blocks
 * every effort meets every query.
 */
async function timeBlock(
  referee: Referee,
  grids: Record<Side, readonly number[]>,
  rangeOf: (effortIndex: number) => QueryRange,
  uncounted: readonly Batch[],
  random: Random,
): Promise<PairedBlock> {
  const sides: readonly Side[] = random() < 0.5 ? ['challenger', 'champion'] : ['champion', 'challenger'];
  const [first, second] = sides.map((player) =>
    shuffled(
      grids[player].map((effort, index): Batch => ({ player, effort, ...rangeOf(index) })),
      random,
    ),
  );
  const order: Batch[] = [];
  for (let turn = 0; turn < Math.max(first!.length, second!.length); ++turn) {
    const pair = [first![turn], second![turn]].filter((batch) => batch !== undefined);
    order.push(...(turn % 2 === 0 ? pair : pair.reverse()));
  }
  const points = (await runBatches(referee, [...uncounted, ...order])).slice(uncounted.length);
  const sideOf = (side: Side) =>
    order
      .flatMap((batch, index) => (batch.player === side ? [points[index]!] : []))
      .sort((a, b) => a.effort - b.effort);
  return { challenger: sideOf('challenger'), champion: sideOf('champion') };
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let end = result.length - 1; end > 0; --end) {
    const other = Math.floor(random() * (end + 1));
    [result[end], result[other]] = [result[other]!, result[end]!];
  }
  return result;
}

/** @throws PlayerEnded */
export async function runBatches(
  referee: Referee,
  batches: readonly Batch[],
  limitSeconds = batchLimitSeconds,
): Promise<CurvePoint[]> {
  const answer = await referee.ask('ran', { op: 'run', batches, limitSeconds });
  if (answer.kind === 'failed') throw new PlayerEnded(answer.player as Side, answer);
  return answer.batches.map((ran, index) => {
    const { effort, count } = batches[index]!;
    return { effort, recall: ran.recall, qps: count / batchCost(ran) };
  });
}
