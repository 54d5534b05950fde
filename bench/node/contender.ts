import type { BenchData } from './data.ts';

/** A library under test, with an index it has built. Efforts are whole numbers from k on: ef, expansion_search, effort. */
export interface Contender {
  readonly name: string;
  /** Version and settings, for the table's notes. */
  readonly detail: string;
  readonly buildSeconds: number;
  /** What follows answers at this effort. */
  setEffort(effort: number): void;
  /** Ids of the k nearest rows to query number `query`, in the form that the library gives them. One thread. */
  one(query: number): ArrayLike<number | bigint>;
  /** The same for queries [from, from + count) in one call; absent where the library has none. `threads` 0: all cores. */
  readonly batch?: (from: number, count: number, threads: number) => ArrayLike<number | bigint>;
  close(): void;
}

/** What all are built over and asked alike. */
export interface Setting {
  readonly data: BenchData;
  readonly k: number;
  /** Where the contenders were installed by npm. */
  readonly folder: string;
}

export const connectivity = 16;
export const constructionEffort = 200;

export function numbers(ids: ArrayLike<number | bigint>): number[] {
  return Array.from(ids, Number);
}

/** Seconds that `work` takes. */
export function secondsOf(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
