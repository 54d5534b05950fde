import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PreparedDataset } from '../../../datasets/prepared.ts';
import { projectFiles } from '../../../datasets/projection.ts';
import type { QuerySet } from '../../core/evaluation.ts';
import type { LearnedCase } from '../learned/learned-target.ts';
import type { VectorSource, Workshop } from '../learned/workshop.ts';
import { hashOf } from '../toolchain.ts';

/** Where a problem that draws rows draws them from: trainings and examinations share none. */
export interface Rows extends Pick<LearnedCase, 'inputs' | 'inputsHash'> {
  readonly paths: (queries: QuerySet) => { readonly pointsPath: string; readonly queriesPath: string };
}

const mostRows = 40_000;

/** Rows of a dataset, projected to its first principal components. */
export async function projectedRows(workshop: Workshop, dataset: PreparedDataset, dimension: number): Promise<Rows> {
  const total = Math.min(mostRows, dataset.count);
  const taken = await workshop.rows(workshop.base(dataset), { from: 0, count: total, seed: 1 });
  const [base, queries] = await projected(workshop, [taken, workshop.queries(dataset)], dimension);
  const slice = (from: number, to: number) =>
    workshop.rows(base!, { from: Math.floor(from * total), count: Math.floor((to - from) * total) });
  const asked = dataset.queryCount;
  const part = (from: number, to: number) =>
    workshop.rows(queries!, { from: Math.floor(from * asked), count: Math.floor((to - from) * asked) });
  const [points, training, examined] = await Promise.all([slice(0, 0.6), slice(0.6, 0.8), slice(0.8, 1)]);
  const [search, promotion, final] = await Promise.all([part(0, 0.5), part(0.5, 0.75), part(0.75, 1)]);
  const queriesOf = { search: search!, promotion: promotion!, final: final! };
  return {
    inputs: { base: points!.path, queries: training!.path },
    inputsHash: `${points!.hash} ${training!.hash}`,
    paths: (set) => ({ pointsPath: examined!.path, queriesPath: queriesOf[set].path }),
  };
}

/** The first file's components, for all. */
async function projected(
  { cacheDir }: Workshop,
  sources: readonly VectorSource[],
  dimension: number,
): Promise<VectorSource[]> {
  const all = sources.map(({ hash }) => hash).join(' ');
  const results = sources.map(({ hash: from, count }) => {
    const hash = hashOf('projected', all, from, String(dimension)).slice(0, 32);
    return { path: join(cacheDir, 'learned', 'vectors', `${hash}.avec`), hash, count };
  });
  if (!results.every(({ path }) => existsSync(path))) {
    await mkdir(dirname(results[0]!.path), { recursive: true });
    await projectFiles(
      sources.map(({ path: from }, at) => ({ from, to: results[at]!.path })),
      dimension,
    );
  }
  return results;
}
