import { graphWindow } from '../../rewards/area.ts';
import { nextEffort } from '../../rewards/efforts.ts';
import type { RoundNoise } from '../../rewards/estimate.ts';
import { type Comparison, compareAreas, type Round } from '../../rewards/paired.ts';
import { type Decision, decide, type Look } from '../../rewards/sequential.ts';
import type { TimedPoint } from '../core/curve-point.ts';
import type {} from '../core/outcome.ts';
import type { Random } from '../core/policy.ts';
import { shuffled } from '../core/random.ts';
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
/** Chunks into which a round cuts its queries: enough for a variance, few enough that each is far longer than its hand-over. */
const chunks = 20;
const leastQueriesAChunk = 25;
/** Wall seconds that one side's share of a round should not pass; an index so slow is told from its champion with fewer queries. */
const roundSeconds = 0.4;
const mostProbedQueries = 1000;
/** A recall beyond which no effort of the window lies. */
const wellPast = graphWindow.high + 0.02;

export interface MeasureOptions {
  readonly split: QuerySplit;
  readonly random: Random;
  /** Ends both players and starts them anew: where a process' memory lies is part of what varies. */
  readonly restart: () => Promise<void>;
  readonly looks: readonly Look[];
  readonly requiredGain: number;
  /** How much rounds vary on this machine, as far as is known. */
  readonly prior?: RoundNoise;
  /** The champion's efforts, where they were searched before: its recalls on these queries do not change. */
  readonly championGrid?: EffortGrid;
  readonly onRound?: (done: number, most: number) => void;
}

export type LiveComparison =
  | (Extract<Comparison, { kind: 'compared' }> & Decision & { readonly championGrid: EffortGrid })
  | Extract<Comparison, { kind: 'short' }>;

/**
 * Times two live players beside each other at matched recall, round by round, until a look settles it.
 * Every round has fresh processes. @throws PlayerEnded
 */
export async function compareLive(referee: Referee, options: MeasureOptions): Promise<LiveComparison> {
  const { looks, requiredGain, prior, split } = options;
  const champion = options.championGrid ?? (await effortGrid(referee, 'champion', split));
  if ('best' in champion) return { kind: 'short', side: 'champion', ...champion };
  const challenger = await effortGrid(referee, 'challenger', split, champion.efforts);
  if ('best' in challenger) return { kind: 'short', side: 'challenger', ...challenger };
  const plan = { grids: { challenger, champion }, split, size: chunkSize(split, challenger, champion) };
  const most = looks.at(-1)!.rounds;
  const rounds: Round[] = [];
  for (;;) {
    rounds.push(await timeRound(referee, plan, options.random));
    options.onRound?.(rounds.length, most);
    const look = looks.find((one) => one.rounds === rounds.length);
    if (look && (rounds.length > 1 || prior)) {
      const comparison = compareAreas(rounds, prior);
      if (comparison.kind === 'short') return comparison;
      const decision = decide(comparison.logRatio, look, requiredGain, rounds.length === most);
      if (decision.settled) return { ...comparison, ...decision, championGrid: champion };
    }
    await options.restart();
  }
}

/** Queries a chunk: all there are, or as many as the slower side answers in time. */
function chunkSize({ timed }: QuerySplit, ...grids: readonly EffortGrid[]): number {
  const all = Math.floor(timed.count / chunks);
  const secondsAQuery = Math.max(...grids.map((grid) => grid.secondsAQuery));
  const affordable = Math.floor(roundSeconds / secondsAQuery / chunks);
  return Math.max(1, Math.min(all, Math.max(leastQueriesAChunk, affordable)));
}

/** The efforts at which an index is timed, ascending. */
export interface EffortGrid {
  readonly efforts: readonly number[];
  /** Seconds that all of them together take for one query, roughly. */
  readonly secondsAQuery: number;
}

interface ShortOfWindow {
  readonly best: number;
  readonly curve: readonly TimedPoint[];
}

/**
 * The efforts whose recalls cover the window, found on the probe queries. Those of `hint` are tried first, from the least on: an
 * index that answers as the champion does is then timed at the champion's efforts, and no difference of grids can look like one
 * of speed.
 */
async function effortGrid(
  referee: Referee,
  player: Side,
  { probe }: QuerySplit,
  hint: readonly number[] = [],
): Promise<EffortGrid | ShortOfWindow> {
  const count = Math.min(probe.count, mostProbedQueries);
  const curve: TimedPoint[] = [];
  const probeAt = async (effort: number) => {
    const [point] = await runBatches(referee, [{ player, effort, from: probe.from, count }]);
    curve.push(point!);
  };
  for (const effort of hint) if ((curve.at(-1)?.recall ?? 0) < wellPast) await probeAt(effort);
  for (;;) {
    const step = nextEffort(curve, graphWindow, effortLimits);
    if (step.kind === 'short') return { best: step.best, curve };
    if (step.kind === 'done') {
      const slowest = Math.min(...curve.map(({ qps }) => qps));
      // The grid may hold a guard above every effort that was probed.
      const qps = (effort: number) => curve.findLast((point) => point.effort === effort)?.qps ?? slowest;
      return { efforts: step.grid, secondsAQuery: step.grid.reduce((sum, effort) => sum + 1 / qps(effort), 0) };
    }
    await probeAt(step.effort);
  }
}

interface RoundPlan {
  readonly grids: Record<Side, EffortGrid>;
  readonly split: QuerySplit;
  /** Queries a chunk. */
  readonly size: number;
}

/**
 * Every chunk of queries at every effort of both sides, once. In each of as many turns as there are chunks, the i-th effort
 * meets another chunk than its neighbours: asked twice in a row, a query's second effort would find what the first one left in
 * the caches (a quarter faster, as was seen), and the order of efforts would decide.
 */
async function timeRound(referee: Referee, plan: RoundPlan, random: Random): Promise<Round> {
  const { grids, split, size } = plan;
  const longest = Math.max(grids.challenger.efforts.length, grids.champion.efforts.length);
  const cells = Array.from({ length: chunks }, (): Record<Side, TimedPoint[]> => ({ challenger: [], champion: [] }));
  for (let turn = 0; turn < chunks; ++turn) {
    const chunkOf = (effortIndex: number) => (turn + effortIndex * Math.ceil(chunks / longest)) % chunks;
    const batchesOf = (player: Side) =>
      grids[player].efforts.map((effort, index) => {
        const chunk = chunkOf(index);
        return { player, effort, from: split.timed.from + chunk * size, count: size, chunk, index };
      });
    const order = alternating(batchesOf('challenger'), batchesOf('champion'), random);
    const points = await runBatches(referee, withUncounted(order, grids, split, turn));
    for (const [at, { batch }] of order.entries())
      if (batch) cells[batch.chunk]![batch.player][batch.index] = points[at + uncountedFirst]!;
  }
  return cells;
}

/** A batch to time, or a place where its side has none left. */
interface Place<T> {
  readonly side: Side;
  readonly batch: T | undefined;
}

/**
 * Sides strictly taking turns, efforts in an order drawn anew, and drawn which side begins. A batch that follows one of its own
 * side finds its data still in the core's caches, and was seen to be a seventh faster than one that follows the other side's:
 * within a turn no batch does, so that order cannot decide; drift cancels over the turns (ABAB, BABA).
 */
function alternating<T>(challenger: readonly T[], champion: readonly T[], random: Random): Place<T>[] {
  const batches: Record<Side, readonly T[]> = { challenger, champion };
  const sides: readonly Side[] = random() < 0.5 ? ['challenger', 'champion'] : ['champion', 'challenger'];
  const efforts = shuffled(Array.from({ length: Math.max(challenger.length, champion.length) }).keys(), random);
  return efforts.flatMap((effort) => sides.map((side) => ({ side, batch: batches[side][effort] })));
}

const uncountedFirst = 2;

/**
 * The batches of a turn, with small uncounted ones where a side has nothing to ask, and one of each side first: after the pause
 * between two turns the first batch meets a core that others have used, and was seen to be up to half slower. They ask probe
 * queries, each once, at an effort that none of them was probed or timed at.
 */
function withUncounted(
  order: readonly Place<Batch>[],
  grids: Record<Side, EffortGrid>,
  { probe }: QuerySplit,
  turn: number,
): Batch[] {
  const effort = 1 + Math.max(...grids.challenger.efforts, ...grids.champion.efforts);
  const places = [order[0]!, order[1]!].map(({ side }) => ({ side, batch: undefined })).concat(order as []);
  const each = places.filter(({ batch }) => !batch).length;
  const count = Math.max(1, Math.floor(Math.min(probe.count, mostProbedQueries) / chunks / each));
  let asked = turn * each;
  return places.map(({ side, batch }) => batch ?? { player: side, effort, from: probe.from + asked++ * count, count });
}

/** @throws PlayerEnded */
export async function runBatches(
  referee: Referee,
  batches: readonly Batch[],
  limitSeconds = batchLimitSeconds,
): Promise<TimedPoint[]> {
  const answer = await referee.ask('ran', { op: 'run', batches, limitSeconds });
  if (answer.kind === 'failed') throw new PlayerEnded(answer.player as Side, answer);
  return answer.batches.map((ran, index) => {
    const { effort, count } = batches[index]!;
    return { effort, recall: ran.recall, qps: count / batchCost(ran) };
  });
}
