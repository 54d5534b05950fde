import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { CampaignState } from '../core/campaign-state.ts';
import { UsageError } from '../core/errors.ts';
import { packageRoot } from '../core/paths.ts';
import type { ProgressView } from '../core/progress.ts';
import type { ChosenIndex } from './chosen-index.ts';
import { compileNative, platform, requireCompiler } from './compile-native.ts';
import type { Evidence } from './evidence.ts';
import { evidenceText } from './evidence-text.ts';
import { manifest } from './manifest.ts';
import { bundleDependencies, layOutNative, type NativePackage } from './native.ts';
import { type GraphSlot, portableHeaders } from './portable-headers.ts';
import { readme } from './readme.ts';
import { filledFolder } from './template.ts';

export interface PackageInput {
  readonly state: CampaignState;
  readonly chosen: ChosenIndex;
  readonly evidence: Evidence;
  /** The curves, as an SVG file. */
  readonly plot: string;
  /** The package's folder. */
  readonly out: string;
  /** Whether a folder that is there is replaced. */
  readonly force: boolean;
  readonly cacheDir: string;
  readonly progress: ProgressView;
}

const templates = join(packageRoot, 'candidates', 'package');

/**
 * Writes the package beside `out` first and moves it there when it is whole.
 * @throws UsageError where `out` holds something and is not to be replaced
 */
export async function writePackage(input: PackageInput): Promise<void> {
  const out = resolve(input.out);
  await requireFree(out, input.force);
  await requireCompiler();
  await mkdir(dirname(out), { recursive: true });
  const draft = await mkdtemp(join(dirname(out), `.${basename(out)}-`));
  try {
    await fillFolder(draft, input);
    await rm(out, { recursive: true, force: true });
    await rename(draft, out);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
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
  { state, chosen, evidence, plot, cacheDir, progress }: PackageInput,
): Promise<void> {
  const { name, version, identifier } = evidence.package;
  const say = (message: string) => progress.event({ type: 'step', message });
  const compiling = (what: string) => (done: number, total: number) =>
    progress.event({ type: 'progress', message: `compiling ${what}`, done, total });
  const { maxDegree } = state.spec;
  const headers = await portableHeaders(state, chosen.headers, say);
  const textOf = (slot: GraphSlot) => headers[slot].text;
  const texts = { construction: textOf('construction'), search: textOf('search'), refinement: textOf('refinement') };
  const index: NativePackage = {
    name: identifier,
    title: `${name} ${version}`,
    headers: texts,
    maxDegree,
    packageName: name,
    version,
  };
  await layOutNative(index, folder);
  await compileNative(index.name, folder, cacheDir, compiling(name));

  // The seed index, compiled alike: what the claim is relative to.
  const { construction, search, refinement } = state.seeds;
  const seedTexts = { construction: construction.source, search: search.source, refinement: refinement.source };
  const seed: NativePackage = {
    name: 'seed_index',
    title: 'the seed index',
    headers: seedTexts,
    maxDegree,
    packageName: 'seed-index',
    version,
  };
  const seedFolder = join(folder, 'verify', 'seed');
  await layOutNative(seed, seedFolder);
  await compileNative(seed.name, seedFolder, cacheDir, compiling('the seed index'));

  const dependencies = await bundleDependencies(folder);
  const values = { NAME: identifier, PACKAGE: name, VERSION: version, METRIC: evidence.dataset.metric };
  await fillTemplates(folder, values);
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
  await put(folder, 'README.md', readme({ evidence, levels }));
  await put(folder, 'plot.svg', plot);
  await cp(join(packageRoot, 'LICENSE'), join(folder, 'LICENSE'));
}

/** Folders of templates, and where they go in a package. */
const places: Readonly<Record<string, string>> = {
  cmake: '',
  examples: 'examples',
  python: 'python',
  'ann-benchmarks': 'ann-benchmarks',
  verify: 'verify',
};

async function fillTemplates(folder: string, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [from, to] of Object.entries(places)) {
    for (const [path, text] of await filledFolder(join(templates, from), values)) {
      if (!path.includes('.test.')) await put(folder, join(to, path), text);
    }
  }
}

async function put(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
