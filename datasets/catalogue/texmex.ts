import type { CatalogueEntry } from './entry.ts';

/** The corpora of Jégou, Douze & Schmid (TPAMI 2011), corpus-texmex.irisa.fr: an archive of fvecs and ivecs each. */
const archives = [
  ['siftsmall', 10_000, 128, 100, 5.1],
  ['sift', 1_000_000, 128, 10_000, 168],
  ['gist', 1_000_000, 960, 1_000, 2_700],
] as const;

export const texmex: readonly CatalogueEntry[] = archives.map(([corpus, count, dimension, queryCount, megabytes]) => ({
  name: `${corpus}-${dimension}-texmex`,
  metric: 'euclidean',
  family: 'texmex',
  count,
  dimension,
  queryCount,
  bytes: megabytes * 1e6,
  plan: {
    from: 'archive',
    url: `http://ftp.irisa.fr/local/texmex/corpus/${corpus}.tar.gz`,
    base: `${corpus}/${corpus}_base.fvecs`,
    queries: `${corpus}/${corpus}_query.fvecs`,
    truth: `${corpus}/${corpus}_groundtruth.ivecs`,
  },
}));
