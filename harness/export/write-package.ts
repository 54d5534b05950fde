import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { readVectorFile } from '../../datasets/subset.ts';
import type { CampaignState } from '../core/campaign-state.ts';
import { UsageError } from '../core/errors.ts';
import { packageRoot } from '../core/paths.ts';
import type { ProgressView } from '../core/progress.ts';
import type { ChosenIndex } from './chosen-index.ts';
import { compileNative, platform, requireCompiler } from './compile-native.ts';
import type { Evidence } from './evidence.ts';
import { evidenceText } from './evidence-text.ts';
import { type PackageTarget, packedSlots } from './layout.ts';
import { learnedReadme } from './learned-readme.ts';
import { manifest } from './manifest.ts';
import { bundleDependencies, layOutNative, type NativePackage } from './native.ts';
import { portableHeaders } from './portable-headers.ts';
import { readme } from './readme.ts';
import { filledFolder } from './template.ts';
import { type Training, writeTrainedIndex } from './trained-index.ts';

export interface PackageInput {
  readonly state: CampaignState;
  readonly chosen: ChosenIndex;
  readonly evidence: Evidence;
  /** The curves, as an SVG file. */
  readonly plot: string;
  /** What a package of a trained index brings; absent for a graph, which is built where it is used. */
  readonly training?: Training;
  /** The package's folder. */
  readonly out: string;
  /** Whether a folder that is there is replaced. */
  readonly force: boolean;
  readonly cacheDir: string;
  readonly progress: ProgressView;
  /** Aborted, nothing is written to `out`. */
  readonly signal: AbortSignal;
}

const templates = join(packageRoot, 'candidates', 'package');

/**
 * Writes the package beside `out` first and moves it there when it is whole.
 * @throws UsageError where `out` holds something and is not to be replaced; the signal's reason
 */
export async function writePackage(input: PackageInput): Promise<void> {
  const out = resolve(input.out);
  await requireFree(out, input.force);
  await requireCompiler();
  await mkdir(dirname(out), { recursive: true });
  // A folder of mkdtemp would be its owner's alone, and so would the package.
  const draft = join(dirname(out), `.${basename(out)}-${randomUUID()}`);
  await mkdir(draft);
  try {
    await fillFolder(draft, input);
    input.signal.throwIfAborted();
    await replaceFolder(out, draft);
  } catch (error) {
    // Ctrl-C ends compilers too, which would seem to have failed.
    input.signal.throwIfAborted();
    throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** What was in `out` is removed last, so that there is a whole package at any time, the old one or the new. */
async function replaceFolder(out: string, draft: string): Promise<void> {
  const old = `${draft}.old`;
  const moved = await rename(out, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return false;
    },
  );
  try {
    await rename(draft, out);
  } catch (error) {
    if (moved) await rename(old, out);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** An empty folder may be filled; anything else only where the user says so, and only what export itself could have written. */
export async function requireFree(out: string, force: boolean): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new UsageError(`--out ${out} is a file: name a folder`);
    throw error;
  });
  if (names.length === 0) return;
  if (!force)
    throw new UsageError(`--out ${out} is not empty: name another folder, or add --force to replace the package in it`);
  if (names.includes('EVIDENCE.json')) return;
  throw new UsageError(
    `--out ${out} holds no exported package (it has no EVIDENCE.json), so --force does not replace it: name another folder`,
  );
}

async function fillFolder(
  folder: string,
  { state, chosen, evidence, plot, cacheDir, progress, training, signal }: PackageInput,
): Promise<void> {
  const { name, version, identifier } = evidence.package;
  const say = (message: string) => progress.event({ type: 'step', message });
  const compiling = (what: string) => (done: number, total: number) =>
    progress.event({ type: 'progress', message: `compiling ${what}`, done, total });
  const { maxDegree } = state.spec;
  signal.throwIfAborted();
  const headers = await portableHeaders(state, chosen.headers, say);
  signal.throwIfAborted();
  const target = state.spec.target as PackageTarget;
  const index: NativePackage = {
    name: identifier,
    title: `${name} ${version}`,
    target,
    headers: Object.fromEntries(packedSlots[target].map((slot) => [slot, headers[slot]!.text])),
    maxDegree,
    packageName: name,
    version,
  };
  await layOutNative(index, folder);
  await compileNative(index.name, folder, cacheDir, compiling(name));

  signal.throwIfAborted();
  if (training) await fillTrained(folder, evidence, target, training, say);
  else
    await fillSeed(folder, state, version, (folder, name) =>
      compileNative(name, folder, cacheDir, compiling('the seed index')),
    );
  signal.throwIfAborted();

  const dependencies = await bundleDependencies(folder);
  const values = { NAME: identifier, PACKAGE: name, VERSION: version, METRIC: evidence.dataset.metric };
  await fillTemplates(folder, values, training ? learnedPlaces : places);
  const prebuilt = join(folder, 'prebuilds', platform);
  for (const file of (await readdir(prebuilt)).filter((file) => file.endsWith('.so')))
    await put(folder, join('python', identifier, 'native', file), await readFile(join(prebuilt, file)));
  const packed = manifest({
    packageName: name,
    version,
    claim: evidence.claim,
    dataset: evidence.dataset.name,
    dependencies,
  });
  const levels = Object.fromEntries(Object.entries(headers).map(([slot, header]) => [slot, header.levels]));
  await put(folder, 'package.json', `${JSON.stringify(packed, null, 2)}\n`);
  await put(folder, 'EVIDENCE.json', `${JSON.stringify({ ...evidence, levels }, null, 2)}\n`);
  await put(folder, 'EVIDENCE.md', evidenceText(evidence));
  await put(folder, 'README.md', (training ? learnedReadme : readme)({ evidence, levels }));
  await put(folder, 'plot.svg', plot);
  await cp(join(packageRoot, 'LICENSE'), join(folder, 'LICENSE'));
}

/** The seed index, compiled alike: what the claim is relative to. */
async function fillSeed(
  folder: string,
  state: CampaignState,
  version: string,
  compile: (folder: string, name: string) => Promise<void>,
): Promise<void> {
  const { construction, search, refinement } = state.seeds;
  const seedTexts = { construction: construction.source, search: search.source, refinement: refinement.source };
  const seed: NativePackage = {
    name: 'seed_index',
    title: 'the seed index',
    headers: seedTexts,
    maxDegree: state.spec.maxDegree,
    packageName: 'seed-index',
    version,
  };
  const seedFolder = join(folder, 'verify', 'seed');
  await layOutNative(seed, seedFolder);
  await compile(seedFolder, seed.name);
}

/** The index itself, and what names the rows and queries of the dataset that it is of. */
async function fillTrained(
  folder: string,
  { package: { identifier: name } }: Evidence,
  target: PackageTarget,
  training: Training,
  say: (message: string) => void,
): Promise<void> {
  say(`writing ${name}.index: ${training.ids.length} rows, calibrated on ${training.count} queries`);
  await writeTrainedIndex(training, { name, target, folder, out: join(folder, `${name}.index`) });
  await put(folder, 'verify/rows.u32', new Uint8Array(training.ids.buffer));
  await put(folder, 'verify/queries.u32', new Uint8Array(training.queryIds.buffer));
  await put(folder, 'examples/queries.fvecs', await firstQueries(training, exampleQueries));
}

const exampleQueries = 200;

/** Of those that nothing was selected by, as fvecs, which every example can read in a few lines. */
async function firstQueries({ queries, from, count }: Training, most: number): Promise<Uint8Array> {
  const { data, dimension } = await readVectorFile(queries);
  const size = Math.min(count, most);
  const words = new Uint32Array(size * (dimension + 1));
  const floats = new Float32Array(words.buffer);
  for (let row = 0; row < size; ++row) {
    words[row * (dimension + 1)] = dimension;
    floats.set(data.subarray((from + row) * dimension, (from + row + 1) * dimension), row * (dimension + 1) + 1);
  }
  return new Uint8Array(words.buffer);
}

/** Folders of templates, and where they go in a package. */
const places: Readonly<Record<string, string>> = {
  cmake: '',
  examples: 'examples',
  python: 'python',
  'ann-benchmarks': 'ann-benchmarks',
  verify: 'verify',
};

/** A trained index is not built, so that its examples and its verification are others, and ann-benchmarks has no use for it. */
const learnedPlaces: typeof places = {
  cmake: '',
  python: 'python',
  'learned/examples': 'examples',
  verify: 'verify',
  'learned/verify': 'verify',
};

/** Parts of `verify/` that build. */
const verifiesBuilds: ReadonlySet<string> = new Set(['measure.mjs', 'verdict.mjs']);

async function fillTemplates(
  folder: string,
  values: Readonly<Record<string, string>>,
  from: typeof places,
): Promise<void> {
  for (const [part, to] of Object.entries(from)) {
    for (const [path, text] of await filledFolder(join(templates, part), values)) {
      if (from === learnedPlaces && part === 'verify' && verifiesBuilds.has(path)) continue;
      if (!path.includes('.test.')) await put(folder, join(to, path), text);
    }
  }
}

async function put(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
