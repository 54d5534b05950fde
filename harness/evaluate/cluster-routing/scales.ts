import { UsageError } from '../../core/errors.ts';

/** What an index is made of at a scale, for a dataset of a given size. */
export interface RoutingScale {
  /** Rows that are indexed; all others are held out, to train on. */
  readonly base: number;
  /** Held-out rows that are trained on. */
  readonly queries: number;
  /** Whether base rows are trained on too, each with the nearest of the others. */
  readonly leaveOneOut: boolean;
  readonly clusters: number;
  /** Passes over the training queries before the first round of duplication, and after each. */
  readonly firstEpochs: number;
  readonly roundEpochs: number;
  readonly rounds: number;
  /** Vectors stored for each base vector, at most. */
  readonly copies: number;
  /** The largest cluster, in mean sizes, at most: a fetch must not become a scan. */
  readonly largest: number;
  /** Bytes of the network, at most. */
  readonly modelBytes: number;
  readonly limitSeconds: number;
  readonly memoryMebibytes: number;
}

/** A learned router wins only with so many training queries for each base vector (bench/RESULTS.md). */
const queriesEach = 29;

function trained(rows: number, mostBase: number, samples: number, leastEpochs: number): RoutingScale {
  const base = Math.min(mostBase, Math.floor(rows / (queriesEach + 1)));
  if (base < 100) {
    const needed = 100 * (queriesEach + 1);
    throw new UsageError(
      `cluster-routing needs ${needed} rows at least: a hundred to index, ${queriesEach} each to train on; there are ${rows}`,
    );
  }
  const large = base >= 10_000;
  // Few base vectors have few held-out queries: these are seen more often.
  const queries = Math.min(rows - base, base * 40);
  const firstEpochs = Math.max(leastEpochs, Math.round(samples / queries));
  return {
    base,
    queries,
    leaveOneOut: false,
    clusters: large ? 64 : base >= 1000 ? 40 : Math.max(4, Math.round(Math.sqrt(base))),
    firstEpochs,
    roundEpochs: Math.ceil(firstEpochs / 2),
    rounds: 1,
    copies: large ? 1.4 : 1.2,
    largest: 4,
    modelBytes: 2 ** 20,
    limitSeconds: 1800,
    memoryMebibytes: 6144,
  };
}

/** As many vectors as there are, up to half a million in 1,024 clusters, with duplication after each third of `epochs`. */
function whole(rows: number, epochs: number, leaveOneOut: boolean): RoutingScale {
  const base = Math.min(500_000, Math.floor(rows * 0.7));
  const third = Math.round(epochs / 3);
  return {
    base,
    queries: rows - base,
    leaveOneOut,
    clusters: base >= 200_000 ? 1024 : 256,
    firstEpochs: third,
    roundEpochs: third,
    rounds: 2,
    copies: 1.5,
    largest: 8,
    modelBytes: 4 * 2 ** 20,
    limitSeconds: 4 * 3600,
    memoryMebibytes: 12_288,
  };
}

/**
 * `paper`: 150 epochs, duplication after each 50 (Ikeda, Miyashita & Deguchi 2025); the held-out rows are seen under other noise in each epoch.
 * `large`: on the base's rows too, since held-out rows are what it lacks, so that 24 epochs bring 30 noisy queries a vector and more. `small` and
 * `campaign`: fewer vectors, so that each has 29 held-out queries.
 */
const scales: Record<string, (rows: number) => RoutingScale> = {
  small: (rows) => trained(rows, 20_000, 1_400_000, 5),
  campaign: (rows) => trained(rows, 5_000, 700_000, 4),
  large: (rows) => whole(rows, 24, true),
  paper: (rows) => whole(rows, 150, false),
};

export const scaleNames = Object.keys(scales);

/** @throws UsageError where the dataset is too small */
export function scaleOf(name: string, rows: number): RoutingScale {
  return scales[name]!(rows);
}
