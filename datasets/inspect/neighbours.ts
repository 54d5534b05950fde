import type { SampledTruth } from '../sampled-truth.ts';

/** What the distances from queries to their nearest base rows say of a dataset. */
export interface NeighbourFacts {
  /** Queries looked at, and neighbours of each. */
  readonly queries: number;
  readonly k: number;
  /** Local intrinsic dimensionality over the queries; null where no query has two neighbours at different distances. */
  readonly lid: { readonly p10: number; readonly median: number; readonly p90: number } | null;
  /** Distances to the nearest row: L2, of unit vectors under angular. */
  readonly nearest: { readonly min: number; readonly median: number; readonly max: number };
  /** Queries whose nearest row is at distance 0. */
  readonly atZero: number;
  readonly histogram: Histogram;
}

/** `counts[n]` distances lie from `edges[n]` up to `edges[n + 1]`; the last bin takes what lies beyond, too. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

const bins = 20;

export function neighbourFacts(sample: SampledTruth): NeighbourFacts {
  const { queries, k, distances } = sample;
  const count = queries.length;
  const rows = Array.from({ length: count }, (_, place) => distances.subarray(place * k, (place + 1) * k));
  const nearest = Float64Array.from(rows, (row) => row[0]!).sort();
  const lids = Float64Array.from(rows.flatMap((row) => lidOf(row) ?? [])).sort();
  return {
    queries: count,
    k: rows[0]!.filter(Number.isFinite).length,
    lid: lids.length > 0 ? { p10: at(lids, 0.1), median: at(lids, 0.5), p90: at(lids, 0.9) } : null,
    nearest: { min: nearest[0]!, median: at(nearest, 0.5), max: nearest[count - 1]! },
    atZero: nearest.filter((distance) => distance === 0).length,
    histogram: histogramOf(nearest),
  };
}

/**
 * Maximum-likelihood estimate of local intrinsic dimensionality from the distances to the nearest rows, ascending (Levina & Bickel
 * 2004; Amsaleg et al. 2015): minus the inverse of the mean of ln(r_i / r_k). Rows at distance 0 say nothing of it.
 */
export function lidOf(distances: Float64Array): number | undefined {
  const known = distances.filter((distance) => distance > 0 && Number.isFinite(distance));
  const last = known.at(-1);
  if (last === undefined || known.length < 2) return undefined;
  const sum = known.reduce((total, distance) => total + Math.log(distance / last), 0);
  return sum < 0 ? -known.length / sum : undefined;
}

/** Equal bins up to the 99th percentile, so that a few outliers do not press the rest into one. */
export function histogramOf(sorted: Float64Array): Histogram {
  const low = sorted[0]!;
  const high = at(sorted, 0.99);
  const width = (high - low) / bins;
  if (!(width > 0)) return { edges: [low, sorted.at(-1)!], counts: [sorted.length] };
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) ++counts[Math.min(bins - 1, Math.floor((value - low) / width))]!;
  return { edges: Array.from({ length: bins + 1 }, (_, n) => low + n * width), counts };
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
