import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { asDiskError, makeFolder, writeWhole } from '../../datasets/disk.ts';
import { type DatasetSelector, findDataset } from '../../datasets/find-dataset.ts';
import { isHdf5 } from '../../datasets/hdf5.ts';
import { type Inspection, inspect } from '../../datasets/inspect/inspect.ts';
import { removeLeftovers } from '../../datasets/leftovers.ts';
import { readManifest } from '../../datasets/library.ts';
import { rowsAsQueries } from '../../datasets/library-source.ts';
import { UsageError } from '../core/errors.ts';
import { chartSvg } from '../record/report/chart.ts';
import { nearestChart } from '../record/report/nearest-chart.ts';
import { interruptibly, truthBinary } from './dataset-work.ts';
import { inspectionText } from './datasets-text.ts';
import type { CliEnvironment } from './environment.ts';

export interface InspectFlags {
  readonly json: boolean;
  readonly queries?: string | undefined;
  readonly metric?: DatasetSelector['metric'];
  /** Queries whose neighbours are computed. */
  readonly sample: number;
  /** Where the histogram of nearest distances is drawn. */
  readonly svg?: string | undefined;
}

/** `annvil datasets inspect`: of a file without queries, some of its rows are taken as such, and nothing of it is kept. */
export async function inspectCommand(environment: CliEnvironment, name: string, flags: InspectFlags): Promise<void> {
  const { cacheDir, print } = environment;
  const { queries, metric, sample } = flags;
  await interruptibly(environment, 'the same command begins anew', async (view, signal) => {
    const alone = queries === undefined && (await isPlainFile(name));
    const scratch = alone ? await makeScratch(cacheDir) : undefined;
    try {
      const source = alone
        ? await rowsAsQueries(resolve(name), metric, sample)
        : await findDataset({ dataset: name, ...(queries && { queries }), ...(metric && { metric }) }, cacheDir);
      const found = await inspect(source, {
        cacheDir: scratch ?? cacheDir,
        truthBinary: () => truthBinary(cacheDir),
        sample,
        onProgress: (message, done, total, unit) => view.progress(`${message} ${source.name}`, done, total, unit),
        signal,
      });
      view.close();
      const check = alone ? undefined : (await readManifest(cacheDir, name))?.truthCheck;
      print(
        flags.json ? JSON.stringify({ ...found, truthCheck: check ?? null }, null, 2) : inspectionText(found, check),
      );
      if (flags.svg !== undefined) await drawNearest(flags.svg, found);
    } finally {
      if (scratch) await rm(scratch, { recursive: true, force: true });
    }
  });
}

async function drawNearest(path: string, { neighbours, reason }: Inspection): Promise<void> {
  if (!neighbours) throw new UsageError(`there is nothing to draw in ${path}: ${reason}`);
  await writeWhole(path, (file) => file.writeFile(chartSvg(nearestChart(neighbours.histogram))));
}

async function isPlainFile(path: string): Promise<boolean> {
  return !isHdf5(path) && ((await stat(path).catch(() => undefined))?.isFile() ?? false);
}

async function makeScratch(cacheDir: string): Promise<string> {
  const prefix = '.inspected-';
  await makeFolder(cacheDir);
  await removeLeftovers(cacheDir, prefix);
  return mkdtemp(join(cacheDir, prefix)).catch((error) => {
    throw asDiskError(error, cacheDir);
  });
}
