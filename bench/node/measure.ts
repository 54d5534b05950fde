import type { Random } from '../../harness/core/policy.ts';
import { shuffled } from '../../harness/core/random.ts';
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
  /** Single queries a second of processor time, of all threads of the process: what a neighbour on the machine takes is not in it. */
  readonly oneQps: number;
  /** Share of the time of single queries in which this process did not have a core. */
  readonly kept: number;
  readonly p50: number;
  readonly p99: number;
  /** A second of processor time. */
  readonly batchQps: number | null;
  /** A second on the clock. */
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
    for (const place of shuffled(contenders.keys(), random)) {
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
  const single = clocked(() => {
    for (let n = 0; n < count; ++n) {
      const before = performance.now();
      contender.one(start + n);
      times[n] = performance.now() - before;
    }
  });
  times.sort();
  const batch = (threads: number) => {
    if (!contender.batch) return null;
    contender.batch(warmUp, 100, threads);
    return clocked(() => contender.batch!(start, count, threads));
  };
  const [oneThread, allCores] = [batch(1), batch(0)];
  return {
    oneQps: count / single.processor,
    kept: Math.max(0, 1 - single.processor / single.clock),
    p50: 1000 * times[Math.floor(count * 0.5)]!,
    p99: 1000 * times[Math.floor(count * 0.99)]!,
    batchQps: oneThread && count / oneThread.processor,
    allCoresQps: allCores && count / allCores.clock,
  };
}

/** Seconds on the clock, and of processor time of all threads, that `work` takes. */
function clocked(work: () => void): { readonly clock: number; readonly processor: number } {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const clock = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { clock, processor: (user + system) / 1e6 };
}

/** Geometric mean over rounds with Student's interval of the logarithms; rates and times alike. */
export function geometricMean(values: readonly number[]): Mean {
  const logs = values.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const reach = studentT(logs.length - 1) * Math.sqrt(variance / logs.length);
  return { value: Math.exp(mean), low: Math.exp(mean - reach), high: Math.exp(mean + reach) };
}
