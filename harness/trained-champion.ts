import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { prepareDataset } from '../datasets/prepared.ts';
import { readVectorFile } from '../datasets/subset.ts';
import { datasetOf } from './assemble.ts';
import type { CampaignState } from './core/campaign-state.ts';
import { HarnessError, UsageError } from './core/errors.ts';
import type { Index } from './core/evaluation.ts';
import { describeOutcome } from './core/outcome.ts';
import type { ProgressView } from './core/progress.ts';
import { recalls as routingRecalls } from './evaluate/cluster-routing/target.ts';
import { Failed } from './evaluate/failed.ts';
import { meanCurve } from './evaluate/learned/examination.ts';
import { openLearned } from './evaluate/learned/open.ts';
import { learnedEvaluatorHash } from './evaluate/learned/programs.ts';
import { learnedTarget } from './evaluate/learned/targets.ts';
import type { TrainerChoice } from './evaluate/learned/trainer.ts';
import { window } from './evaluate/neural-lsh/target.ts';
import { findToolchain } from './evaluate/toolchain.ts';
import type { Training } from './export/trained-index.ts';

/** Of the training that is exported: one of those that candidates were selected by, so that it is in the cache where the campaign ran. */
const trainingSeed = 1;

/** What an examination is asked with, as far as it is exported: harness/evaluate/<target>/target.ts. */
interface Asked {
  readonly base: string;
  readonly queries: string;
  readonly from: number;
  readonly count: number;
  readonly k?: number;
  /** Of neural-lsh: first-level bins whose second level is reached. */
  readonly branches?: number;
  /** Of cluster-routing, how many there are. */
  readonly efforts?: number | readonly number[];
}

/**
 * Trains an index with a campaign's headers at the campaign's scale, or finds it in the cache, and has the referee examine it on the queries of
 * final figures. Of several cases it takes the last, which has the most groups.
 * @throws UsageError where the dataset is not the campaign's any more; MachineError where LibTorch is missing; HarnessError where the headers do
 * not pass; the signal's reason
 */
export async function trainChampion(
  { spec, fingerprint }: CampaignState,
  headers: Index,
  options: {
    readonly cacheDir: string;
    readonly progress: ProgressView;
    readonly trainer: TrainerChoice;
    readonly signal: AbortSignal;
  },
): Promise<Training> {
  const { cacheDir, progress, trainer, signal } = options;
  const scale = spec.scale ?? 'campaign';
  const target = learnedTarget(spec.target);
  const dataset = await prepareDataset(datasetOf(spec), { cacheDir, signal });
  if (dataset.hash !== fingerprint.dataset) {
    throw new UsageError(
      `the dataset ${spec.dataset} has the hash ${dataset.hash.slice(0, 16)}, and the campaign measured on ${fingerprint.dataset.slice(0, 16)}: bring that one back, or start a campaign on this`,
    );
  }
  const toolchain = await findToolchain();
  const bench = await openLearned({
    ...{ target, scale, dataset, toolchain, cacheDir, progress, trainer, signal },
    sandbox: spec.sandbox,
  });
  try {
    const learned = bench.cases.at(-1)!;
    progress.event({ type: 'step', message: `training ${learned.name} with seed ${trainingSeed}` });
    const examination = await bench.maker.examined(headers, learned, trainingSeed, 'final');
    const baseline = await bench.maker.baseline(learned, trainingSeed, 'final');
    const asked = learned.examination('final') as Asked;
    const { from, count } = asked;
    const ids = await placesOf(asked.base, dataset.basePath);
    const queryIds = (await placesOf(asked.queries, dataset.queriesPath)).slice(from, from + count);
    return {
      sections: await bench.maker.trained(headers, learned, trainingSeed),
      base: asked.base,
      queries: asked.queries,
      from,
      count,
      // A routing is judged by the one nearest neighbour, but asked for more in use.
      calibrationK: asked.k ?? 10,
      reach: asked.branches ?? Number(asked.efforts),
      ids,
      queryIds,
      evidence: {
        scale,
        what: learned.name,
        seed: trainingSeed,
        k: asked.k ?? 1,
        recalls: spec.target === 'cluster-routing' ? routingRecalls : window,
        chunks: examination.points[0]!.recall.length,
        rows: ids.length,
        madeWith: {
          cpu: cpus()[0]?.model ?? 'unknown',
          compiler: toolchain.version,
          trainer: bench.libtorch.version,
          evaluator: await learnedEvaluatorHash(spec.target),
        },
        settings: learned.settings,
        curve: meanCurve(examination.points),
        baseline: meanCurve(baseline.points),
        facts: examination.facts,
      },
    };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new HarnessError(
      `these headers do not pass at scale ${scale} with training seed ${trainingSeed}: ${describeOutcome(error.outcome)}; export others: --candidate ID`,
      { cause: error },
    );
  } finally {
    await bench.close();
  }
}

/** Where each row of a drawn vector file lies in the file it was drawn from: of equal rows, each has a place of its own. */
async function placesOf(drawn: string, from: string): Promise<Uint32Array> {
  const [rows, whole] = [await readVectorFile(drawn), await readVectorFile(from)];
  if (drawn === from) return Uint32Array.from({ length: rows.count }, (_, row) => row);
  const keyOf = ({ data, dimension }: typeof rows, row: number) => {
    const { buffer, byteOffset } = data.subarray(row * dimension, (row + 1) * dimension);
    return createHash('sha1')
      .update(new Uint8Array(buffer, byteOffset, dimension * 4))
      .digest('base64');
  };
  const places = new Map<string, number[]>();
  for (let row = whole.count - 1; row >= 0; --row) {
    const key = keyOf(whole, row);
    const equal = places.get(key);
    if (equal) equal.push(row);
    else places.set(key, [row]);
  }
  return Uint32Array.from({ length: rows.count }, (_, row) => {
    const place = places.get(keyOf(rows, row))?.pop();
    if (place === undefined)
      throw new HarnessError(`row ${row} of ${drawn} is not in ${from}, which it was drawn from`);
    return place;
  });
}
