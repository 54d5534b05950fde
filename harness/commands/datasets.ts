import { closest } from 'fastest-levenshtein';
import { builtInNames } from '../../datasets/built-in.ts';
import { catalogue, catalogueEntry } from '../../datasets/catalogue/index.ts';
import type { FetchOptions } from '../../datasets/fetch/fetch-dataset.ts';
import { type ImportRequest, importDataset } from '../../datasets/import-dataset.ts';
import { type Manifest, readManifest, type TruthCheck } from '../../datasets/library.ts';
import { listDatasets } from '../../datasets/list-datasets.ts';
import type { PreparedDataset } from '../../datasets/prepared.ts';
import { removeDataset } from '../../datasets/remove-dataset.ts';
import { UsageError } from '../core/errors.ts';
import { interruptibly, prepareAndCheck } from './dataset-work.ts';
import { listText, splitsText, truthText } from './datasets-text.ts';
import type { CliEnvironment } from './environment.ts';
import { megabytes } from './transfer-view.ts';

interface Json {
  readonly json: boolean;
}

/** `annvil datasets list`. */
export async function listCommand({ cacheDir, print }: CliEnvironment, { json }: Json): Promise<void> {
  const datasets = await listDatasets(cacheDir);
  print(json ? JSON.stringify(datasets, null, 2) : listText(datasets));
}

export interface FetchFlags extends Json, Pick<FetchOptions, 'mirror' | 'acceptChanged' | 'patience'> {}

/**
 * `annvil datasets fetch`: downloads, prepares, and checks the neighbours that came along against ours.
 * @returns whether these agree, where some came along
 */
export async function fetchCommand(environment: CliEnvironment, name: string, flags: FetchFlags): Promise<boolean> {
  const { cacheDir, variable } = environment;
  const entry = catalogueEntry(name);
  if (builtInNames.includes(name)) throw new UsageError(`${name} comes with Annvil; there is nothing to fetch`);
  if (!entry) {
    const names = catalogue.map((one) => one.name);
    throw new UsageError(
      `no dataset "${name}" to fetch; nearest: "${closest(name, names)}" (annvil datasets list shows all; import takes your own)`,
    );
  }
  // The network's packages are read when they are needed: they would double the time that every command takes to start.
  const { fetchDataset } = await import('../../datasets/fetch/fetch-dataset.ts');
  const { Network, networkSettings } = await import('../../datasets/fetch/network.ts');
  return interruptibly(environment, 'the same command goes on where it stopped', async (view, signal) => {
    const network = new Network(networkSettings(variable));
    try {
      const { json: _, ...wishes } = flags;
      const there = flags.acceptChanged ? undefined : await readManifest(cacheDir, name);
      const onProgress: FetchOptions['onProgress'] = (message, done, total) => view.progress(message, done, total);
      const onNote = (note: string) => view.note(note);
      const manifest =
        there ?? (await fetchDataset(entry, { cacheDir, network, signal, onProgress, onNote, ...wishes }));
      const { prepared, check } = await prepareAndCheck(cacheDir, manifest, view, signal);
      view.close();
      return arrived(environment, manifest, prepared, check, flags);
    } finally {
      await network.close();
    }
  });
}

/** `annvil datasets import`. @returns whether neighbours that came along agree with ours */
export async function importCommand(
  environment: CliEnvironment,
  request: ImportRequest,
  flags: Json,
): Promise<boolean> {
  const { cacheDir } = environment;
  const afterwards = 'unless `annvil datasets list` has it, the same command begins anew';
  return interruptibly(environment, afterwards, async (view, signal) => {
    const onProgress = (done: number, total: number) => view.progress(`preparing ${request.name}`, done, total);
    const { manifest } = await importDataset(request, { cacheDir, onProgress, signal });
    const { prepared, check } = await prepareAndCheck(cacheDir, manifest, view, signal);
    view.close();
    return arrived(environment, manifest, prepared, check, flags);
  });
}

/** `annvil datasets rm`. */
export async function removeCommand({ cacheDir, print }: CliEnvironment, name: string): Promise<void> {
  print(`${name}: ${megabytes(await removeDataset(cacheDir, name))} freed`);
}

/** Says what is here now, and how to use it. */
function arrived(
  { print }: CliEnvironment,
  manifest: Manifest,
  prepared: PreparedDataset,
  check: TruthCheck | undefined,
  { json }: Json,
): boolean {
  const { name, metric, how, leaveOut, holdOut } = manifest;
  const { count, dimension, queryCount, hash } = prepared;
  const agrees = !check || check.agreeing === check.queries;
  if (json) {
    print(
      JSON.stringify(
        { name, metric, how, count, dimension, queries: queryCount, hash, truthCheck: check ?? null },
        null,
        2,
      ),
    );
    return agrees;
  }
  const lines = [
    `${name}: ${count.toLocaleString('en')} x ${dimension}, ${metric}, ${queryCount.toLocaleString('en')} queries`,
  ];
  if (holdOut)
    lines.push(`queries are rows of the file, ${holdOut.count.toLocaleString('en')} drawn with seed ${holdOut.seed}`);
  if (leaveOut) {
    const zeros = leaveOut.base.length + leaveOut.queries.length;
    lines.push(`left out: ${zeros.toLocaleString('en')} rows that are all zeros, which have no angle`);
  }
  if (check) lines.push(truthText(check));
  if (!agrees)
    lines.push('THEY DO NOT AGREE: is the metric right, and are these the queries of this base? Campaigns use ours');
  print([...lines, splitsText(queryCount), `use it: annvil campaign --dataset ${name}`].join('\n'));
  return agrees;
}
