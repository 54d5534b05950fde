import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { CountedPoint } from '../core/curve-point.ts';
import { HarnessError } from '../core/errors.ts';
import type { Fingerprint } from '../core/machine.ts';
import { packageRoot } from '../core/paths.ts';
import type { PackageTarget } from './layout.ts';

/** What EVIDENCE.json says of the very index in a package; the campaign's own figures are means over several trainings. */
export interface TrainedEvidence {
  /** A campaign's scale, and what of it was trained: `m=16`. */
  readonly scale: string;
  readonly what: string;
  readonly seed: number;
  /** Neighbours that recall counts, and the recalls at which costs are compared. */
  readonly k: number;
  readonly recalls: readonly number[];
  /** Query i belongs to chunk i % chunks; a figure is the mean of the chunks' means. */
  readonly chunks: number;
  readonly rows: number;
  /** At export, which may be elsewhere than the campaign; `evaluator` is the hash of contract, players and referee. */
  readonly madeWith: Required<Pick<Fingerprint, 'cpu' | 'compiler' | 'trainer' | 'evaluator'>>;
  readonly settings: Readonly<Record<string, string | number>>;
  /** By the referee, on the queries of final figures: of this index, and of its baseline on the same rows. */
  readonly curve: readonly CountedPoint[];
  readonly baseline: readonly CountedPoint[];
  readonly facts: Readonly<Record<string, number>>;
}

/** A trained index as it lies in the cache, and all that is needed to put it into a package. */
export interface Training {
  /** Files: what the training left; prepared vectors that it indexes; queries. */
  readonly sections: string;
  readonly base: string;
  readonly queries: string;
  /** The queries that neither training nor selection has seen. */
  readonly from: number;
  readonly count: number;
  /** Neighbours for which recall by effort is stated. */
  readonly calibrationK: number;
  /** As candidates/package/learned/<target>/read_trained.hpp says. */
  readonly reach: number;
  /** Rows of the dataset: of each row of base, and of each of these queries. */
  readonly ids: Uint32Array;
  readonly queryIds: Uint32Array;
  readonly evidence: TrainedEvidence;
}

/**
 * Writes the package's index file: candidates/package/learned/make_index.cpp, compiled against what `layOutCore` wrote into `folder`.
 * @throws HarnessError with the program's words
 */
export async function writeTrainedIndex(
  { sections, base, queries, from, count, calibrationK, reach, ids }: Training,
  parts: { readonly name: string; readonly target: PackageTarget; readonly folder: string; readonly out: string },
): Promise<void> {
  const { name, target, folder, out } = parts;
  const learned = join(packageRoot, 'candidates', 'package', 'learned');
  const work = await mkdtemp(join(tmpdir(), 'annvil-trained-'));
  try {
    const text = await readFile(join(learned, 'make_index.cpp'), 'utf8');
    const [source, program, idFile] = ['make_index.cpp', 'make_index', 'ids'].map((file) => join(work, file));
    await writeFile(source!, text.replaceAll('PACKAGE_NAME', name));
    await writeFile(idFile!, ids);
    await symlink(join(packageRoot, 'candidates', 'contract'), join(work, 'annvil'));
    const include = [join(folder, 'include'), work, join(learned, target)].flatMap((path) => ['-I', path]);
    await run('g++', ['-std=c++20', '-O2', '-march=native', '-pthread', ...include, '-o', program!, source!]);
    const range = [from, count, calibrationK, reach].map(String);
    await run(program!, [sections, base, queries, ...range, idFile!, out]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const ended = await execa(command, args, { reject: false });
  if (ended.exitCode !== 0)
    throw new HarnessError(`the trained index cannot be packed:\n${ended.stderr || ended.message}`);
}
