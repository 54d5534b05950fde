import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeVectors } from '../../datasets/formats/index.ts';
import type { EntryOf } from '../core/journal.ts';
import { packageRoot } from '../core/paths.ts';
import { seededRandom } from '../core/random.ts';
import { type CampaignSpec, parseSpec } from '../core/spec.ts';
import { Journal } from '../record/journal.ts';
import { sampleStart } from '../record/sample-campaign.ts';
import { seedCandidates } from '../seeds.ts';
import { writeExportableCampaign } from '../testing/exportable-campaign.ts';
import { sharePrograms } from '../testing/shared-programs.ts';
import { type ExportOptions, exportPackage } from './export.ts';
import { environmentIn } from './testing/environment-in.ts';

/** Programs of a package's user. */
const drivers = join(packageRoot, 'candidates', 'package', 'testing-node');
/** The first run of these tests compiles ten libraries; later ones find them. */
const patience = { timeout: 900_000 };

let folder: string;
/** The exported package, and a project that has installed its tarball. */
let out: string;
let user: string;
let champion: string;
const { environment, printed } = { environment: () => environmentIn(folder).environment, printed: [] as string[] };
const options = (fields: Partial<ExportOptions>): ExportOptions => ({
  out,
  candidate: [],
  force: false,
  json: false,
  ...fields,
});
const exporting = (fields: Partial<ExportOptions>, campaign = 'trial') =>
  exportPackage({ ...environment(), print: (text) => void printed.push(text) }, campaign, options(fields));

async function run(script: string, args: readonly string[] = []): Promise<Record<string, never>> {
  const { stdout } = await execa('node', [...args, join(user, script)], { cwd: user });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-export-'));
  await sharePrograms(folder);
  out = join(folder, 'out');
  ({ champion } = await writeExportableCampaign(folder, 'trial'));
  await exporting({});
  user = join(folder, 'user');
  await mkdir(user);
  await writeFile(join(user, 'package.json'), '{ "private": true, "type": "module" }\n');
  const { stdout } = await execa('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: out });
  await execa('npm', ['install', '--offline', join(folder, stdout.trim())], { cwd: user });
  for (const name of await readdir(drivers)) await writeFile(join(user, name), await readFile(join(drivers, name)));
}, patience.timeout);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what is exported', () => {
  it('says what it is and what it claims', async () => {
    expect(printed.join('\n')).toContain('ann-trial 1.0.0');
    expect(printed.join('\n')).toContain('1.010 [0.980, 1.040] times the seed index (final)');
    const evidence = JSON.parse(await readFile(join(out, 'EVIDENCE.json'), 'utf8'));
    expect(evidence).toMatchObject({ format: 'annvil-evidence-1', claim: { source: 'final', k: 10 } });
    expect(evidence.campaign.journal).toMatch(/^[0-9a-f]{64}$/);
    expect(await readFile(join(out, 'plot.svg'), 'utf8')).toMatch(/^<svg .*xmlns/);
    expect(await readFile(join(out, 'README.md'), 'utf8')).toContain('1.010 [0.980, 1.040] times the queries a second');
  });

  it('can be read by whoever can read a new folder there', async () => {
    const beside = join(folder, 'beside');
    await mkdir(beside);
    expect((await stat(out)).mode).toBe((await stat(beside)).mode);
  });

  it('has an ancestor of a header for processors that it is not written for', async () => {
    const { levels } = JSON.parse(await readFile(join(out, 'EVIDENCE.json'), 'utf8'));
    const seed = champion && levels.construction.avx512;
    expect(levels.search.avx512).toBe(champion);
    expect(levels.search.avx2).not.toBe(champion);
    expect(levels.construction).toEqual({ avx512: seed, avx2: seed, baseline: seed });
    const { stdout } = await execa('node', ['-p', 'require("ann-trial").level'], {
      cwd: user,
      env: { ANNVIL_LEVEL: 'baseline' },
    });
    expect(stdout).toBe('baseline');
  });

  it('leaves nothing to fill in, and names no folder of the machine', async () => {
    for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /node_modules|prebuilds|native/.test(entry.parentPath)) continue;
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
      expect(text, entry.name).not.toMatch(/@NAME@|@PACKAGE@|@VERSION@|@METRIC@|PACKAGE_(NAME|TITLE|HASH|DEGREE)\b/);
      expect(text, entry.name).not.toContain(folder);
    }
  });
});

describe('what is refused', () => {
  it(
    'replaces a package only where told so, and nothing else ever',
    async () => {
      await expect(exporting({})).rejects.toThrow(/is not empty: .*--force/);
      await expect(exporting({ out: user, force: true })).rejects.toThrow('holds no exported package');
      await expect(exporting({ out: join(user, 'package.json') })).rejects.toThrow('is a file');
      await exporting({ force: true });
      expect((await readdir(folder)).filter((name) => name.startsWith('.out'))).toEqual([]);
    },
    patience.timeout,
  );

  it('names what is near', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await expect(exporting({ out: elsewhere, candidate: ['search-00000000'] })).rejects.toThrow(
      'nearest known: search-',
    );
    await expect(exporting({ out: elsewhere }, 'trail')).rejects.toThrow('nearest: "trial"');
    await expect(exporting({ out: elsewhere, name: 'class' })).rejects.toThrow('--name "class"');
  });

  it('wants something to have been measured, of a target that it knows', async () => {
    const begun = async (spec: CampaignSpec) => {
      const journal = await Journal.open(join(folder, spec.name));
      const seeds = await seedCandidates(spec.target);
      await journal.append({ ...(sampleStart as EntryOf<'campaign-started'>), spec, seeds });
      await journal.close();
      return exporting({ out: join(folder, 'elsewhere') }, spec.name);
    };
    await expect(begun(parseSpec({ name: 'begun' }))).rejects.toThrow('has measured nothing yet');
    await expect(begun(parseSpec({ name: 'learned', target: 'balanced-tree' }))).rejects.toThrow(
      'balanced-tree, which has no package yet',
    );
  });
});

describe('the Node package, installed from its tarball without a network', () => {
  it("runs the README's example as it stands", async () => {
    const [, example] = /```js\n([\s\S]*?)```/.exec(await readFile(join(out, 'README.md'), 'utf8'))!;
    expect(example!.trim().split('\n').length).toBeLessThanOrEqual(12);
    await writeFile(join(user, 'readme.js'), example!);
    const { stdout } = await execa('node', ['readme.js'], { cwd: user });
    expect(stdout).toMatch(/promised \{\s+effort: \d+/);
  });

  it('gives the recall that it promises', async () => {
    const { stdout } = await execa('npm', ['run', '--silent', 'example'], {
      cwd: join(user, 'node_modules', 'ann-trial'),
    });
    expect(stdout).toMatch(/recall over 500 queries: 0\.9\d\d|1\.000/);
    expect(stdout).toContain('the same answers');
  });

  it('answers alike in every way there is to ask, and says what is wrong', async () => {
    const seen = await run('asks.mjs');
    expect(seen).toMatchObject({
      info: { count: 4000, dimension: 19, metric: 'euclidean', calibrationK: 10, package: 'ann-trial 1.0.0' },
      batchLength: 1000,
      sameOne: true,
      ascending: true,
      sameAfterLoading: true,
      oneModule: true,
      idsAlone: true,
    });
    const { recall, ticks, buildMilliseconds, failures, few, samplePoints } = seen as never as {
      few: number[];
      samplePoints: number;
      recall: number;
      ticks: number;
      buildMilliseconds: number;
      failures: Record<string, string>;
    };
    expect(recall).toBeGreaterThanOrEqual(0.9);
    // Of three rows, all three, where ten are asked for.
    expect(few.toSorted()).toEqual([0, 1, 2]);
    // Of a sample that was filled with other values as soon as the build had begun.
    expect(samplePoints).toBeGreaterThan(1);
    // A timer of 5 ms goes on while an index is built; on a busy machine it comes late, but comes.
    expect(ticks).toBeGreaterThan(buildMilliseconds / 200);
    expect(failures).toMatchObject({
      aborted: expect.stringContaining('AbortError'),
      abortedBefore: expect.stringContaining('AbortError'),
      listener: 'TypeError : my own',
      listenerOfNoError: 'stop',
      notANumber: expect.stringMatching(/^RangeError BAD_ARGUMENT: rows\[0\]\[1\] is nan/),
      empty: expect.stringMatching(/^RangeError BAD_ARGUMENT: /),
      noRows: expect.stringMatching(/^RangeError BAD_ARGUMENT: data has 76000 values, which are no rows of 18/),
      wrongType: 'TypeError BAD_ARGUMENT: data is Array: give a Float32Array',
      metric: 'RangeError BAD_ARGUMENT: metric = "cosine": give "euclidean" or "angular"',
      wrongDimension: expect.stringMatching(/^RangeError BAD_ARGUMENT: query has 5 values/),
      noEffort: expect.stringContaining('neither effort nor targetRecall'),
      both: expect.stringContaining('both effort and targetRecall'),
      kZero: expect.stringContaining('k = 0'),
      uncalibrated: expect.stringMatching(/^RangeError BAD_ARGUMENT: /),
      missing: expect.stringMatching(/^Error IO: .*no-such.index/),
      foreign: expect.stringMatching(/^Error BAD_FILE: /),
      constructed: expect.stringContaining('made by build or Index.load'),
      closed: 'RangeError BAD_ARGUMENT: the index is closed',
    });
  });

  it('refuses a file that was cut short', async () => {
    const path = join(user, 'rows.index');
    await truncate(path, 100_000);
    const script = `import('ann-trial').then(({ Index }) => Index.load(${JSON.stringify(path)}, { mapped: true })).catch(({ code }) => console.log(code))`;
    expect((await execa('node', ['-e', script], { cwd: user })).stdout).toBe('BAD_FILE');
  });

  it('works in worker threads, and lets one be ended amid searches and amid a build', async () => {
    const { same, terminateMilliseconds } = await run('workers.mjs');
    expect(same).toBe(true);
    expect(terminateMilliseconds).toBeLessThan(10_000);
  });

  it('leaks nothing in a long loop', async () => {
    const { before, after } = await run('long-loop.mjs', ['--expose-gc']);
    expect(after! - before!).toBeLessThan(24 * 2 ** 20);
  });

  it('has types for both module systems', async () => {
    const compilerOptions = {
      module: 'nodenext',
      strict: true,
      noEmit: true,
      target: 'es2022',
      types: [],
      lib: ['es2022', 'dom'],
    };
    await writeFile(
      join(user, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['typed.mts', 'typed.cts'] }),
    );
    const typescript = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout, exitCode } = await execa('node', [typescript, '-p', user], { reject: false });
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
  });
});

describe('npm run verify, in the package', () => {
  let data: string[];
  beforeAll(async () => {
    const random = seededRandom('verify');
    const dimension = 24;
    const centres = Array.from({ length: 40 * dimension }, random);
    const draw = (count: number) => {
      const data = new Float32Array(count * dimension);
      for (let row = 0; row < count; row++) {
        const centre = Math.floor(random() * 40) * dimension;
        for (let n = 0; n < dimension; n++) data[row * dimension + n] = centres[centre + n]! + 0.5 * (random() - 0.5);
      }
      return { count, dimension, data };
    };
    const [base, queries] = [join(folder, 'base.fvecs'), join(folder, 'queries.fbin')];
    await writeVectors(base, draw(5000));
    await writeVectors(queries, draw(1000));
    await writeVectors(join(folder, 'few.fbin'), draw(60));
    data = ['--base', base, '--queries', queries, '--rounds', '4'];
  });
  const verify = (args: readonly string[]) =>
    execa('npm', ['run', '--silent', 'verify', '--', ...args], { cwd: out, reject: false, all: true });

  it('holds a champion that is as fast as the seed to a claim of that', async () => {
    const { exitCode, all } = await verify(data);
    expect(all).toContain('the claim holds');
    expect(all).toContain('NOT the data of the claim');
    expect(exitCode).toBe(0);
  });

  it('ends with 1 where the claim is three times what is there', async () => {
    const path = join(out, 'EVIDENCE.json');
    const honest = await readFile(path, 'utf8');
    const evidence = JSON.parse(honest);
    await writeFile(
      path,
      JSON.stringify({ ...evidence, claim: { ...evidence.claim, speedup: { value: 3, low: 2.9, high: 3.1 } } }),
    );
    const { exitCode, all } = await verify(data);
    await writeFile(path, honest);
    expect(all).toContain('does NOT hold');
    expect(exitCode).toBe(1);
  });

  it('ends with 2 where it cannot measure', async () => {
    expect((await verify(['--base', 'no-such.fvecs', '--queries', 'no-such.fvecs'])).exitCode).toBe(2);
    expect((await verify([...data, '--rounds', '1'])).exitCode).toBe(2);
    const few = await verify([...data, '--queries', join(folder, 'few.fbin')]);
    expect(few.all).toContain('12 queries are left to measure on, and at least 20 must be');
    expect(few.exitCode).toBe(2);
  });
});
