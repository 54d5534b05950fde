/**
 * What a package loses against the player that its index was measured with: both are timed by the referee, on one graph, their batches
 * taking turns. The package answers through its C ABI, compiled as its libraries are, by whole batches and a query a call.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeWorkbench, openEvaluatorParts } from '../harness/assemble.ts';
import { HarnessError, UsageError } from '../harness/core/errors.ts';
import { describeInterval } from '../harness/core/outcome.ts';
import { cacheFolder, packageRoot } from '../harness/core/paths.ts';
import { seededRandom } from '../harness/core/random.ts';
import { parseSpec } from '../harness/core/spec.ts';
import type { EvaluatorParts } from '../harness/evaluate/evaluator.ts';
import { IndexMaker } from '../harness/evaluate/index-maker.ts';
import { LivePair, type PlayerParts } from '../harness/evaluate/live-pair.ts';
import { compareLive } from '../harness/evaluate/measure.ts';
import { contractInclude, cpuFlags } from '../harness/evaluate/toolchain.ts';
import { chooseIndex } from '../harness/export/chosen-index.ts';
import { inPackage, layOutCore, type PackageIndex, packedSlots } from '../harness/export/layout.ts';
import { compileLibraries, levelsOf, libraryFlags } from '../harness/export/libraries.ts';
import { portableHeaders } from '../harness/export/portable-headers.ts';
import { readJournal } from '../harness/record/journal.ts';
import { progressView } from '../harness/record/live.ts';
import { campaignState } from '../harness/record/state.ts';
import { seedCandidates } from '../harness/seeds.ts';
import { looksFor } from '../rewards/sequential.ts';

/** The share of the champion's queries a second that a package must keep. */
const required = 0.97;
/** What two threads must gain on two cores. */
const requiredScaling = 1.8;

export interface PackageCoreOptions {
  readonly json: boolean;
  readonly dataset: string;
  /** Whose champions are measured, on its own dataset; absent: the seed index on `dataset`. */
  readonly campaign: string | undefined;
}

export async function verifyPackageCore({ json, ...wanted }: PackageCoreOptions): Promise<boolean> {
  const cacheDir = cacheFolder(process.env);
  const { spec, index, headers, title } = await measuredIndex(wanted);
  const bench = await makeWorkbench(spec, cacheDir, progressView({ terminal: false }));
  const { parts, close } = await openEvaluatorParts(spec, bench, cacheDir, () => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'annvil-package-core-'));
  try {
    const maker = new IndexMaker(parts);
    const champion = { binary: await maker.serveBinary(index), graph: await maker.graph(index), lock: true };
    const packaged: PackageIndex = { name: 'measured', title: 'measured 1.0.0', headers, maxDegree: spec.maxDegree };
    await layOutCore(packaged, folder);
    const portable = await compilesForArm(folder, packaged);
    const scaling = await twoThreads(folder, packaged);
    if (!json) {
      console.log(portable.told);
      console.log(scaling.told);
    }
    const ratios: Record<string, { value: number; low: number; high: number }> = {};
    for (const [how, defines] of Object.entries({ batches: [], 'one by one': ['-DPACKAGE_ONE_BY_ONE'] })) {
      const binary = await compilePlayer(folder, packaged, cacheDir, defines);
      ratios[how] = await ratio(parts, { binary, graph: champion.graph, lock: false }, champion);
      if (!json)
        console.log(
          `${how}: ${describeInterval(ratios[how])} of ${title}'s queries/s in the referee's player, ${spec.dataset}`,
        );
    }
    if (json) console.log(JSON.stringify({ dataset: spec.dataset, index: title, ratios, portable, scaling }));
    return portable.holds && scaling.holds && Object.values(ratios).every(({ low }) => low >= required);
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The index whose package is measured, its headers as an export has them, and what its measurement goes by. */
async function measuredIndex({ dataset, campaign }: Omit<PackageCoreOptions, 'json'>) {
  if (campaign === undefined) {
    const spec = parseSpec({ name: 'package-core', dataset, buildSecondsLimit: 1200 });
    const index = await seedCandidates('graph');
    const headers = Object.fromEntries(packedSlots.graph.map((slot) => [slot, index[slot]!.source]));
    return { spec, index, headers, title: 'the seed index' };
  }
  const state = campaignState(await readJournal(join('runs', campaign)));
  if (state.spec.target !== 'graph')
    throw new UsageError(`campaign "${campaign}" is of the target ${state.spec.target}: name one of the target graph`);
  const spec = parseSpec({ ...state.spec, buildSecondsLimit: 1200 });
  const index = chooseIndex(state, []).headers;
  const portable = await portableHeaders(state, index, (message) => console.error(message));
  const headers = Object.fromEntries(Object.entries(portable).map(([slot, { text }]) => [slot, text]));
  return { spec, index, headers, title: `the champion of ${campaign}` };
}

/** A finding, and the sentence that tells it. */
interface Finding {
  readonly holds: boolean;
  readonly told: string;
}

/** Compiles the package's libraries for arm64, where there is a compiler for it. */
async function compilesForArm(folder: string, { name }: PackageIndex): Promise<Finding> {
  const compiler = 'aarch64-linux-gnu-g++';
  const { exitCode } = await execa(compiler, ['--version'], { reject: false });
  if (exitCode !== 0) {
    return {
      holds: true,
      told: `arm64: not tried, as ${compiler} is missing (apt-get install -y g++-aarch64-linux-gnu)`,
    };
  }
  const libraries = await compileLibraries({ folder, name, out: join(folder, 'arm64'), compiler, arch: 'arm64' });
  return { holds: true, told: `arm64: ${libraries.length} libraries compiled` };
}

/** How much faster a batch is on two threads than on one. */
async function twoThreads(folder: string, packaged: PackageIndex): Promise<Finding> {
  const source = join(folder, 'scaling.cpp');
  const text = await readFile(join(packageRoot, 'candidates', 'package', 'testing', 'scaling.cpp'), 'utf8');
  await writeFile(source, inPackage(text, packaged));
  const program = join(folder, 'scaling');
  const flags = ['-std=c++20', '-O3', '-march=native', '-DNDEBUG', '-pthread', '-I', join(folder, 'include')];
  await execa('g++', [...flags, '-o', program, source]);
  const { stdout } = await execa(program, []);
  const [seen, arithmetic, alone] = stdout.split(' ').map(Number) as [number, number, number];
  const busy = arithmetic < requiredScaling;
  const told =
    `two threads: a batch ${seen.toFixed(2)} times as fast as on one; arithmetic that shares nothing ${arithmetic.toFixed(2)} times` +
    (busy
      ? `, so others use the cores; by its processor time the batch would be ${alone.toFixed(2)} times as fast`
      : '');
  return { holds: seen >= requiredScaling || (busy && alone >= requiredScaling), told };
}

/** The package as a player, with the flags of the best level that this processor has. */
async function compilePlayer(
  folder: string,
  packaged: PackageIndex,
  cacheDir: string,
  defines: readonly string[],
): Promise<string> {
  const flags = await cpuFlags();
  const level = levelsOf(process.arch).findLast(({ cpuFlag }) => flags.includes(cpuFlag))!;
  const source = join(folder, 'player.cpp');
  const text = await readFile(join(packageRoot, 'bench', 'package-player.cpp'), 'utf8');
  await writeFile(source, inPackage(text, packaged));
  const binary = join(folder, `player-${defines.length}`);
  const include = [join(folder, 'include'), folder, join(packageRoot, 'candidates'), await contractInclude(cacheDir)];
  const args = [...libraryFlags, ...level.flags, ...defines, `-DANNVIL_LEVEL_NAME="${level.name}"`];
  const compiled = await execa('g++', [...args, ...include.flatMap((path) => ['-I', path]), '-o', binary, source], {
    reject: false,
  });
  if (compiled.exitCode !== 0) throw new HarnessError(`the package does not compile:\n${compiled.stderr}`);
  return binary;
}

/** Queries a second, as a ratio at matched recall, with its interval. */
async function ratio(parts: EvaluatorParts, challenger: PlayerParts, champion: PlayerParts) {
  const random = seededRandom(parts.spec.seed, 'package');
  const pair = new LivePair({
    ...parts,
    sides: { challenger, champion },
    limits: { prepareSeconds: 60, smokeSeconds: 10 },
    startOrder: random,
  });
  try {
    await pair.start();
    const result = await compareLive(parts.referee, {
      split: parts.splits.search,
      random,
      restart: async () => {
        await pair.stop();
        await pair.start();
      },
      looks: looksFor(undefined, false),
      requiredGain: 0,
      onRound: (done, most) => console.error(`round ${done} of ${most}`),
    });
    if (result.kind === 'short') throw new HarnessError(`${result.side} ends at recall ${result.best}`);
    return result.speedup;
  } finally {
    await pair.stop();
  }
}
