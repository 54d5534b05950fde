import type { GroundTruthOptions } from '../ground-truth.ts';
import { type MetricName, nameOfMetric } from '../metric-name.ts';
import { prepareSource } from '../prepared.ts';
import { sampleTruth } from '../sampled-truth.ts';
import type { DatasetSource } from '../source.ts';
import { type NeighbourFacts, neighbourFacts } from './neighbours.ts';
import { countAmong, countRepeated, type RowFacts, scanRows } from './rows.ts';

/** What there is to know of a dataset before one optimises for it. */
export interface Inspection {
  readonly name: string;
  readonly metric: MetricName;
  readonly files: readonly string[];
  readonly base: RowFacts;
  readonly queries: RowFacts;
  readonly duplicates: {
    /** Base rows that equal an earlier one; queries that do; queries that are base rows, too. */
    readonly base: number;
    readonly queries: number;
    readonly queriesInBase: number;
  };
  /** Null where vectors have no distances: the reason is said. */
  readonly neighbours: NeighbourFacts | null;
  readonly reason: string | null;
  /** The dataset's own name for itself, under which figures stand; null where it cannot be prepared. */
  readonly hash: string | null;
}

export interface InspectOptions {
  readonly cacheDir: string;
  /** Compiles candidates/referee/truth.cpp where needed. */
  readonly truthBinary: () => Promise<string>;
  /** Queries whose neighbours are computed. */
  readonly sample: number;
  readonly onProgress: (message: string, done: number, total: number, unit: 'bytes' | 'rows' | 'queries') => void;
  readonly signal?: AbortSignal;
}

/** Reads all of a dataset once for its rows, and again to prepare it, if it has not been. */
export async function inspect(source: DatasetSource, options: InspectOptions): Promise<Inspection> {
  const { signal, onProgress } = options;
  const opened = await source.open();
  let [base, queries]: (Awaited<ReturnType<typeof scanRows>> | undefined)[] = [];
  try {
    const total = opened.base.count + opened.queries.count;
    const watch = (before: number) => ({
      onRows: (rows: number) => onProgress('reading', before + rows, total, 'rows'),
      ...(signal && { signal }),
    });
    base = await scanRows(opened.base, watch(0));
    queries = await scanRows(opened.queries, watch(opened.base.count));
  } finally {
    await opened.close();
  }
  const repeated = countRepeated(base.hashes);
  const queriesInBase = countAmong(queries.hashes, base.hashes);
  const reason = whyNoDistances(source, base.facts, queries.facts);
  const known = reason === null ? await distances(source, options) : { neighbours: null, hash: null };
  return {
    name: source.name,
    metric: nameOfMetric(source.metric),
    files: source.files,
    base: base.facts,
    queries: queries.facts,
    duplicates: { base: repeated, queries: countRepeated(queries.hashes), queriesInBase },
    ...known,
    reason,
  };
}

async function distances(source: DatasetSource, options: InspectOptions) {
  const { cacheDir, sample, signal, onProgress } = options;
  const prepared = await prepareSource(source, {
    cacheDir,
    onProgress: (done, total) => onProgress('preparing', done, total, 'bytes'),
    ...(signal && { signal }),
  });
  const truth: GroundTruthOptions = {
    binary: await options.truthBinary(),
    onProgress: (done, total) => onProgress('exact neighbours', done, total, 'queries'),
    ...(signal && { signal }),
  };
  return {
    neighbours: neighbourFacts(await sampleTruth(prepared, sample, { ...truth, cacheDir })),
    hash: prepared.hash,
  };
}

function whyNoDistances({ metric }: DatasetSource, base: RowFacts, queries: RowFacts): string | null {
  if (base.dimension !== queries.dimension)
    return `base has ${base.dimension} dimensions and queries ${queries.dimension}`;
  for (const [what, { notFinite, zeroRows }] of Object.entries({ base, queries })) {
    if (notFinite.rows > 0) return `${notFinite.rows} rows of the ${what} are not finite`;
    if (metric === 'inner_product' && zeroRows > 0)
      return `${zeroRows} rows of the ${what} are all zeros, which have no angle`;
  }
  return null;
}
