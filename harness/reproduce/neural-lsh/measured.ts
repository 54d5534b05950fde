import type { Examination } from '../../evaluate/learned/examination.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import type { Headers } from '../../evaluate/learned/trained-index.ts';
import type { ReproductionBench } from '../reproduction.ts';

/** What the paper compares with besides k-means, by what candidates/referee/neural-lsh/examine.cpp calls it. */
export const baselines = {
  'pca-tree': 'PCA tree',
  itq: 'ITQ',
  'random-tree': 'random projection tree',
  'cross-polytope': 'cross-polytope LSH',
} as const;

export type Baseline = keyof typeof baselines;

/** One number of bins: examinations of every seed, on the same queries. */
export interface Measured {
  readonly name: string;
  /** Neural LSH as the paper has it. */
  readonly net: readonly Examination[];
  readonly kmeans: readonly Examination[];
}

/** The same, with all that the paper compares with. */
export interface FullyMeasured extends Measured {
  /** With the rows where the graph's partition put them. */
  readonly unmoved: readonly Examination[];
  /** A tree of binary logistic regressions in the network's place. */
  readonly logistic: readonly Examination[];
  /** None over two levels. */
  readonly others: Readonly<Partial<Record<Baseline, readonly Examination[]>>>;
}

/** Neural LSH beside k-means. */
export async function measure(bench: ReproductionBench, learned: LearnedCase): Promise<Measured> {
  const headers = bench.headers();
  const [net, kmeans] = await Promise.all([
    bench.eachSeed((seed) => bench.examined(headers, learned, seed)),
    bench.eachSeed((seed) => bench.baseline(learned, seed)),
  ]);
  return { name: learned.name, net, kmeans };
}

/** Trains and examines all that the claims about one number of bins need. */
export async function measureFully(bench: ReproductionBench, learned: LearnedCase): Promise<FullyMeasured> {
  const net = bench.headers();
  const linear = bench.headers({ router: { model: 'binary-tree' } });
  const stay: LearnedCase = {
    ...learned,
    examination: (queries) => ({ ...learned.examination(queries), placement: 'partition' }),
  };
  const each = (headers: Headers, one: LearnedCase) => bench.eachSeed((seed) => bench.examined(headers, one, seed));
  const request = (what: string) =>
    bench.eachSeed((seed) => bench.trusted({ ...learned.baseline('final', seed), what }));
  // Trees and hashes know no levels; over two, k-means is the baseline.
  const names = learned.settings.second === 1 ? (Object.keys(baselines) as Baseline[]) : [];
  const [measured, unmoved, logistic, ...others] = await Promise.all([
    measure(bench, learned),
    each(net, stay),
    each(linear, learned),
    ...names.map(request),
  ]);
  return { ...measured, unmoved, logistic, others: Object.fromEntries(names.map((name, at) => [name, others[at]!])) };
}
