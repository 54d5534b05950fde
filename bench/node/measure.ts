import { readFileSync } from 'node:fs';
import type { Random } from '../../harness/core/policy.ts';
import { studentT } from '../../rewards/student-t.ts';
import type { Contender } from './contender.ts';

/** A mean over rounds, with its 95 % interval. */
export interface Mean {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One contender in one round: the same queries for all. Times in microseconds. */
export interface Reading {
  /** Single queries a second of the time that this process had the core, or would have had it with nobody else there. */
  readonly oneQps: number;
  /** Share of the time that single queries took in which other processes kept this one from the core; null where Linux does not tell. */
  readonly kept: number | null;
  readonly p50: number;
  readonly p99: number;
  readonly batchQps: number | null;
  readonly allCoresQps: number | null;
}

export interface RoundsOptions {
  readonly rounds: number;
  readonly queriesARound: number;
  /** Queries that may be timed: [from, to). */
  readonly from: number;
  readonly to: number;
  readonly random: Random;
  readonly onRound?: (done: number) => void;
}

/** Rounds in which all contenders answer the same queries, one after the other in an order drawn anew. By contender. */
export function measureRounds(contenders: readonly Contender[], options: RoundsOptions): Reading[][] {
  const { rounds, queriesARound, from, to, random } = options;
  const readings: Reading[][] = contenders.map(() => []);
  const chunks = Math.floor((to - from) / queriesARound);
  for (let round = 0; round < rounds; ++round) {
    const start = from + (round % chunks) * queriesARound;
    for (const place of shuffled(contenders.length, random)) {
      readings[place]!.push(read(contenders[place]!, start, queriesARound, from === start ? to - 100 : from));
    }
    options.onRound?.(round + 1);
  }
  return readings;
}

/** `warmUp`: where 100 queries that are not timed begin; they bring index and code back into caches that others have used. */
function read(contender: Contender, start: number, count: number, warmUp: number): Reading {
  for (let n = 0; n < 100; ++n) contender.one(warmUp + n);
  const times = new Float64Array(count);
  const delay = runDelay();
  for (let n = 0; n < count; ++n) {
    const before = performance.now();
    contender.one(start + n);
    times[n] = performance.now() - before;
  }
  const total = times.reduce((sum, time) => sum + time);
  const delayed = delay === null ? null : Math.min(runDelay()! - delay, total);
  times.sort();
  const batchQps = (threads: number) => {
    if (!contender.batch) return null;
    contender.batch(warmUp, 100, threads);
    const before = performance.now();
    contender.batch(start, count, threads);
    return (1000 * count) / (performance.now() - before);
  };
  return {
    oneQps: (1000 * count) / (total - (delayed ?? 0)),
    kept: delayed === null ? null : delayed / total,
    p50: 1000 * times[Math.floor(count * 0.5)]!,
    p99: 1000 * times[Math.floor(count * 0.99)]!,
    batchQps: batchQps(1),
    allCoresQps: batchQps(0),
  };
}

/** Milliseconds that the main thread has waited for a core since it began. */
function runDelay(): number | null {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return null;
  }
}

/** Geometric mean over rounds with Student's interval of the logarithms; rates and times alike. */
export function geometricMean(values: readonly number[]): Mean {
  const logs = values.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const reach = studentT(logs.length - 1) * Math.sqrt(variance / logs.length);
  return { value: Math.exp(mean), low: Math.exp(mean - reach), high: Math.exp(mean + reach) };
}

function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, n) => n);
  for (let n = count - 1; n > 0; --n) {
    const other = Math.floor(random() * (n + 1));
    [order[n], order[other]] = [order[other]!, order[n]!];
  }
  return order;
}
