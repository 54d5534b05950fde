import type { WorkPoint } from '../core/outcome.ts';
import type { CampaignSpec } from '../core/spec.ts';
import type { QueryRange } from './measure.ts';
import { serveCommand } from './player-command.ts';
import type { EventCounts } from './protocol.ts';
import type { Referee } from './referee.ts';
import { withStageFolder } from './stage-folder.ts';
import type { SystemCallFilters } from './system-call-filters.ts';

/** Makes the contract's distance helpers count (candidates/contract/count.hpp). */
export const countingDefine = '-DANNVIL_COUNT_DISTANCES';

/** A mean over so many is exact to a few per cent of its spread, and takes a blink. */
const mostQueries = 300;
const limitSeconds = 30;
const player = 'counted';

export interface WorkPlan {
  readonly referee: Referee;
  readonly spec: CampaignSpec;
  /** Path of the graph that both players load. */
  readonly graph: string;
  /** The player as it is timed, for the processor's counts; and the one that counts distances, whose code is another. */
  readonly binaries: { readonly timed: string; readonly counting: string };
  readonly filters: SystemCallFilters | undefined;
  readonly efforts: readonly number[];
  readonly queries: QueryRange;
}

/** Mean work a query at each effort; empty where a player ends before its time. @throws HarnessError */
export async function countWork(plan: WorkPlan): Promise<readonly WorkPoint[]> {
  const timed = await countsOf(plan, plan.binaries.timed);
  const counting = timed && (await countsOf(plan, plan.binaries.counting));
  if (!timed || !counting) return [];
  const count = queriesOf(plan).count;
  return plan.efforts.map((effort, at) => workPoint(effort, timed[at]!, counting[at]!.distances, count));
}

/** Sums over `queries` queries as means of one. */
export function workPoint(effort: number, events: EventCounts, distances: number, queries: number): WorkPoint {
  const { distances: _, ...counted } = events;
  const means = Object.entries(counted).map(([name, sum]) => [name, sum! / queries]);
  return { effort, distances: distances > 0 ? distances / queries : 'not counted', ...Object.fromEntries(means) };
}

function queriesOf({ queries }: WorkPlan): QueryRange {
  return { from: queries.from, count: Math.min(queries.count, mostQueries) };
}

/** Sums of each effort, or undefined where the player failed. */
async function countsOf(plan: WorkPlan, binary: string): Promise<readonly EventCounts[] | undefined> {
  const { referee, spec, graph, efforts } = plan;
  try {
    const started = await withStageFolder(false, async (folder) => {
      const argv = await serveCommand({ folder, binary, spec, filters: plan.filters });
      // One that counts must be able to write its count.
      const lock = binary !== plan.binaries.counting;
      return referee.ask('started', { op: 'start', players: [{ name: player, argv, graph, lock }], limitSeconds });
    });
    if (started.kind === 'failed' || started.players.some(({ failure }) => failure)) return undefined;
    const batches = efforts.map((effort) => ({ player, effort, ...queriesOf(plan) }));
    const ran = await referee.ask('ran', { op: 'run', batches, limitSeconds, counters: true });
    return ran.kind === 'failed' ? undefined : ran.batches.map(({ counters }) => counters!);
  } finally {
    await referee.ask('stopped', { op: 'stop', player });
  }
}
