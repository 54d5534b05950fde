import type { Metric } from '../harness/core/target.ts';
import type { GivenTruth } from './given-truth.ts';
import type { VectorReader } from './vector-reader.ts';

/** The vectors of a dataset, ready to be read; `close` closes both readers and what lies under them. */
export interface OpenDataset {
  readonly base: VectorReader;
  readonly queries: VectorReader;
  /** Neighbours that came along, in the numbering of these readers' rows. */
  readonly truth?: GivenTruth;
  close(): Promise<void>;
}

/** Where a dataset's vectors lie, before any of them is read. */
export interface DatasetSource {
  readonly name: string;
  readonly metric: Metric;
  /** Files whose size and time of change stand for the whole dataset: where the base lies, then where queries lie. */
  readonly files: readonly string[];
  /** What is taken of these files, where it is not all of them: two sources may share a file. */
  readonly selection?: string;
  /** @throws UsageError naming what is wrong with a file */
  open(): Promise<OpenDataset>;
}

/** Both sides of a dataset, one of which may fail to open. */
export async function openBoth(
  openBase: () => Promise<VectorReader>,
  openQueries: () => Promise<VectorReader>,
): Promise<OpenDataset> {
  const base = await openBase();
  try {
    const queries = await openQueries();
    const close = async () => {
      await base.close();
      await queries.close();
    };
    return { base, queries, close };
  } catch (error) {
    await base.close();
    throw error;
  }
}
