import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import type { GraphCost } from '../core/outcome.ts';
import type { Random } from '../core/policy.ts';
import type { CampaignSpec } from '../core/spec.ts';
import { type AuditRanges, audit } from './audit.ts';
import { Failed, outcomeOf } from './failed.ts';
import type { GraphCache } from './graph-cache.ts';
import type { BuiltGraph } from './index-maker.ts';
import { PlayerEnded, runBatches, type Side } from './measure.ts';
import { serveCommand } from './player-command.ts';
import type { Referee } from './referee.ts';
import { withStageFolder } from './stage-folder.ts';
import type { SystemCallFilters } from './system-call-filters.ts';

/** Wall seconds after which a player has hung. */
export interface TimeLimits {
  readonly prepareSeconds: number;
  readonly smokeSeconds: number;
}

/** What a side is made of. */
export interface PlayerParts {
  readonly binary: string;
  readonly graph: BuiltGraph;
  /** Whether it must not change its memory while it answers. */
  readonly lock: boolean;
}

export interface PairParts {
  readonly sides: Record<Side, PlayerParts>;
  readonly spec: CampaignSpec;
  readonly referee: Referee;
  readonly graphs: GraphCache;
  readonly filters: SystemCallFilters | undefined;
  readonly seedCost: () => GraphCost | undefined;
  readonly limits: TimeLimits;
  readonly startOrder: Random;
}

const smokeEfforts = [1, 24, 200];
const smokeQueries = 32;

/** Challenger and champion as two live players. */
export class LivePair {
  readonly #parts: PairParts;

  constructor(parts: PairParts) {
    this.#parts = parts;
  }

  async stop(): Promise<void> {
    for (const player of ['challenger', 'champion']) await this.#parts.referee.ask('stopped', { op: 'stop', player });
  }

  /** Starts both players; returns what each index costs, checked against the caps. @throws Failed, PlayerEnded */
  async start(): Promise<Record<Side, GraphCost>> {
    const { referee, spec, filters, graphs, sides, limits, seedCost } = this.#parts;
    const started = await withStageFolder(false, async (folder) => {
      // Who comes first finds other memory free than who comes second.
      const names: readonly Side[] =
        this.#parts.startOrder() < 0.5 ? ['champion', 'challenger'] : ['challenger', 'champion'];
      const players = await Promise.all(
        names.map(async (name) => ({
          name,
          argv: await serveCommand({ folder: join(folder, name), binary: sides[name].binary, spec, filters }),
          graph: graphs.graphPath(sides[name].graph.key),
          lock: sides[name].lock,
          copies: spec.mode === 'throughput' ? availableParallelism() : 1,
        })),
      );
      return referee.ask('started', { op: 'start', players, limitSeconds: limits.prepareSeconds });
    });
    if (started.kind === 'failed') throw new HarnessError(`players could not be started: ${started.detail}`);
    const costs = new Map<string, GraphCost>();
    for (const { player, prepareSeconds, indexBytes, peakBytes, failure } of started.players) {
      const side = player as Side;
      if (failure && side === 'champion') throw new PlayerEnded(side, failure);
      if (failure) throw new Failed(outcomeOf(failure, 'prepare', spec.memoryMebibytes));
      const { record } = sides[side].graph;
      costs.set(side, {
        buildSeconds: record.seconds,
        prepareSeconds: prepareSeconds!,
        indexBytes: indexBytes!,
        peakBytes: peakBytes!,
        buildPeakBytes: record.peakBytes,
      });
    }
    const seed = seedCost();
    const used = costs.get('challenger')!.indexBytes;
    const limit = (seed?.indexBytes ?? Number.POSITIVE_INFINITY) * spec.indexFactor;
    if (used > limit) throw new Failed({ kind: 'over-limit', stage: 'prepare', resource: 'index-bytes', limit, used });
    return { challenger: costs.get('challenger')!, champion: costs.get('champion')! };
  }

  /** A few queries at several efforts: what hangs, crashes or answers nonsense is found before it costs a measurement. @throws Failed */
  async smoke(from: number, audited: AuditRanges): Promise<void> {
    const { referee, limits, spec } = this.#parts;
    const limit = limits.smokeSeconds;
    try {
      for (const effort of smokeEfforts) {
        await runBatches(referee, [{ player: 'challenger', effort, from, count: smokeQueries }], limit);
      }
      await audit(referee, 'challenger', audited, limit);
    } catch (error) {
      if (error instanceof PlayerEnded) throw new Failed(outcomeOf(error.failure, 'smoke', spec.memoryMebibytes));
      throw error;
    }
  }
}
