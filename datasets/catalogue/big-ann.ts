import type { CatalogueEntry } from './entry.ts';

const bytesOf = { fbin: 4, u8bin: 1, i8bin: 1 } as const;

interface Corpus {
  readonly name: string;
  readonly folder: string;
  readonly base: string;
  readonly queries: string;
  readonly format: keyof typeof bytesOf;
  readonly dimension: number;
  readonly queryCount: number;
  /** Neighbours in the first so many millions of rows. */
  readonly truth: Partial<Record<1 | 10, string>>;
}

const meta = 'https://dl.fbaipublicfiles.com/billion-scale-ann-benchmarks';
const microsoft = 'https://comp21storage.z5.web.core.windows.net/comp21';

/** The billion-vector sets with a metric known here (Simhadri et al., NeurIPS'21 challenge); their first rows are a set of their own. */
const corpora: readonly Corpus[] = [
  {
    name: 'bigann-128',
    folder: `${meta}/bigann`,
    base: 'base.1B.u8bin',
    queries: 'query.public.10K.u8bin',
    format: 'u8bin',
    dimension: 128,
    queryCount: 10_000,
    truth: { 10: `${meta}/GT_10M/bigann-10M` },
  },
  {
    name: 'deep-96',
    folder: 'https://storage.yandexcloud.net/yandex-research/ann-datasets/DEEP',
    base: 'base.1B.fbin',
    queries: 'query.public.10K.fbin',
    format: 'fbin',
    dimension: 96,
    queryCount: 10_000,
    truth: { 10: `${meta}/GT_10M/deep-10M` },
  },
  {
    name: 'turing-100',
    folder: `${microsoft}/MSFT-TURING-ANNS`,
    base: 'base1b.fbin',
    queries: 'query100K.fbin',
    format: 'fbin',
    dimension: 100,
    queryCount: 100_000,
    truth: {
      1: `${microsoft}/MSFT-TURING-ANNS/msturing-gt-1M`,
      10: `${microsoft}/MSFT-TURING-ANNS/msturing-gt-10M`,
    },
  },
  {
    name: 'spacev-100',
    folder: `${microsoft}/spacev1b`,
    base: 'spacev1b_base.i8bin',
    queries: 'query.i8bin',
    format: 'i8bin',
    dimension: 100,
    queryCount: 29_316,
    truth: { 1: `${microsoft}/spacev1b/msspacev-gt-1M`, 10: `${microsoft}/spacev1b/msspacev-gt-10M` },
  },
];

export const bigAnn: readonly CatalogueEntry[] = corpora.flatMap((corpus) =>
  ([1, 10] as const).map((millions) => entryOf(corpus, millions)),
);

function entryOf(corpus: Corpus, millions: 1 | 10): CatalogueEntry {
  const { folder, base, queries, format, dimension, queryCount } = corpus;
  const count = millions * 1e6;
  const rowBytes = dimension * bytesOf[format];
  const truth = corpus.truth[millions];
  return {
    name: `${corpus.name}-${millions}m`,
    metric: 'euclidean',
    family: 'big-ann',
    count,
    dimension,
    queryCount,
    bytes: (count + queryCount) * rowBytes + (truth ? queryCount * 800 : 0),
    plan: {
      from: 'files',
      files: [
        { url: `${folder}/${queries}`, name: queries },
        ...(truth ? [{ url: truth, name: 'neighbours.bin' }] : []),
        { url: `${folder}/${base}`, name: `base.${format}`, slice: { rows: count, rowBytes } },
      ],
      base: `base.${format}`,
      queries,
      ...(truth && { truth: 'neighbours.bin' }),
    },
  };
}
