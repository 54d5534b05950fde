import type { GivenTruth } from '../../datasets/given-truth.ts';
import { type Manifest, readManifest, type TruthCheck, writeManifest } from '../../datasets/library.ts';
import { librarySource } from '../../datasets/library-source.ts';
import { type PreparedDataset, prepareSource } from '../../datasets/prepared.ts';
import { sampleTruth } from '../../datasets/sampled-truth.ts';
import { checkTruth } from '../../datasets/truth-check.ts';
import { UsageError } from '../core/errors.ts';
import { findToolchain, ownProgram } from '../evaluate/toolchain.ts';
import type { CliEnvironment } from './environment.ts';
import { type TransferView, transferView } from './transfer-view.ts';

/** Queries whose neighbours are compared with those that came along. */
const checkedQueries = 100;

/**
 * Runs work that Ctrl-C stops; a second one ends at once.
 * @param afterwards what there is to do or know then, for the message
 */
export async function interruptibly<T>(
  { terminal }: CliEnvironment,
  afterwards: string,
  work: (view: TransferView, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interrupted = new AbortController();
  const view = transferView({ terminal });
  const stop = () => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort(new UsageError(`interrupted; ${afterwards}`));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work(view, interrupted.signal);
  } finally {
    view.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** The program that computes exact neighbours, compiled unless the cache has it. @throws MachineError without a compiler */
export async function truthBinary(cacheDir: string): Promise<string> {
  return ownProgram('truth', cacheDir, await findToolchain());
}

/**
 * Prepares a dataset of the library, and compares neighbours that came along with ours on a sample; the manifest remembers how that went.
 */
export async function prepareAndCheck(
  cacheDir: string,
  manifest: Manifest,
  view: TransferView,
  signal: AbortSignal,
): Promise<{ prepared: PreparedDataset; check: TruthCheck | undefined }> {
  const source = librarySource(cacheDir, manifest);
  const onProgress = (done: number, total: number) => view.progress(`preparing ${manifest.name}`, done, total);
  const prepared = await prepareSource(source, { cacheDir, onProgress, signal });
  if (manifest.truthCheck) return { prepared, check: manifest.truthCheck };
  const opened = await source.open();
  try {
    const check = opened.truth && (await compare(cacheDir, prepared, opened.truth, view, signal));
    // Not where it was removed meanwhile: it would seem to be there.
    if (check && (await readManifest(cacheDir, manifest.name)))
      await writeManifest(cacheDir, { ...manifest, truthCheck: check });
    return { prepared, check };
  } finally {
    await opened.close();
  }
}

async function compare(
  cacheDir: string,
  prepared: PreparedDataset,
  given: GivenTruth,
  view: TransferView,
  signal: AbortSignal,
): Promise<TruthCheck> {
  const binary = await truthBinary(cacheDir);
  const onProgress = (done: number, total: number) => view.progress('exact neighbours', done, total, 'queries');
  const sample = await sampleTruth(prepared, checkedQueries, { binary, onProgress, signal, cacheDir });
  return checkTruth(prepared, given, sample);
}
