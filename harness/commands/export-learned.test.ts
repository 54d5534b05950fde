import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDataset } from '../../datasets/prepared.ts';
import { readVectorFile } from '../../datasets/subset.ts';
import { makeCandidate } from '../core/candidate.ts';
import type { EntryOf } from '../core/journal.ts';
import { packageRoot } from '../core/paths.ts';
import { parseSpec } from '../core/spec.ts';
import { freshPython } from '../export/testing/debian-python.ts';
import { testProgram } from '../export/testing/test-packages.ts';
import { Journal } from '../record/journal.ts';
import { sampleScored, sampleStart } from '../record/sample-campaign.ts';
import { seedCandidates } from '../seeds.ts';
import { sharePrograms } from '../testing/shared-programs.ts';
import { smallDataset } from '../testing/small-dataset.ts';
import { exportPackage } from './export.ts';
import { environmentIn } from './testing/environment-in.ts';

/** The first run of these tests compiles against LibTorch; later ones find what it made. */
const patience = 900_000;

let folder: string;
let out: string;
let user: string;
let base: string;
let queries: string;

/** A campaign that measured the seeds and nothing more, on a few vectors around centres. */
async function measuredSeeds(name: string, hash?: string, probing?: string): Promise<void> {
  const spec = parseSpec({ name, target: 'neural-lsh', scale: 'tiny', dataset: base, queries });
  const journal = await Journal.open(join(folder, name));
  const curve = [
    { effort: 1, recall: 0.7, cost: 500 },
    { effort: 8, recall: 1, cost: 3000 },
  ];
  const seeds = await seedCandidates('neural-lsh');
  if (probing) seeds.probing = makeCandidate({ ...seeds.probing, source: probing });
  const start = sampleStart as EntryOf<'campaign-started'>;
  const dataset = hash ?? (await prepareDataset({ dataset: base, queries }, { cacheDir: folder })).hash;
  await journal.append({ ...start, spec, seeds, fingerprint: { ...start.fingerprint, dataset } });
  await journal.append({
    type: 'seed-measured',
    outcome: { ...sampleScored('indecisive', 1.1, 1, 0.98, 1.02), curve },
  });
  await journal.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-export-learned-'));
  await sharePrograms(folder);
  ({ dataset: base, queries } = await smallDataset(folder));
  await measuredSeeds('bins');
  out = join(folder, 'out');
  await exportPackage(environmentIn(folder).environment, 'bins', { out, candidate: [], force: false, json: false });
  user = join(folder, 'user');
  await mkdir(user);
  await writeFile(join(user, 'package.json'), '{ "private": true, "type": "module" }\n');
  const { stdout } = await execa('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: out });
  await execa('npm', ['install', '--offline', join(folder, stdout.trim())], { cwd: user });
}, patience);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function runInUser(code: string): Promise<Record<string, never>> {
  await writeFile(join(user, 'asked.js'), code);
  const { stdout } = await execa('node', ['asked.js'], { cwd: user });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** Ids of the k nearest rows of the dataset to its query, by comparing them all. */
async function nearest(query: number, k: number): Promise<number[]> {
  const prepared = await prepareDataset({ dataset: base, queries }, { cacheDir: folder });
  const [rows, asked] = [await readVectorFile(prepared.basePath), await readVectorFile(prepared.queriesPath)];
  const distances = Array.from({ length: rows.count }, (_, row) => {
    let sum = 0;
    for (let n = 0; n < rows.dimension; n++)
      sum += (rows.data[row * rows.dimension + n]! - asked.data[query * rows.dimension + n]!) ** 2;
    return sum;
  });
  return [...distances.keys()].sort((a, b) => distances[a]! - distances[b]!).slice(0, k);
}

describe('a package of a trained index', { timeout: patience }, () => {
  it("runs the README's example as it stands", async () => {
    const [, example] = /```js\n([\s\S]*?)```/.exec(await readFile(join(out, 'README.md'), 'utf8'))!;
    await writeFile(join(user, 'readme.js'), example!);
    const { stdout } = await execa('node', ['readme.js'], { cwd: user });
    expect(stdout).toMatch(/promised \{\s+effort: \d+/);
  });

  it('keeps the recall that it promises, in Node, Python and C++', async () => {
    const node = await execa('node', [join(user, 'node_modules/ann-bins/examples/node/example.mjs')], { cwd: user });
    expect(node.stdout).toMatch(/recall over 200 queries: (0\.[89]|1\.)/);
    const python = await freshPython(join(folder, 'venv'), join(out, 'python'));
    const { stdout } = await execa(python, [join(out, 'examples/python/example.py')], { cwd: user });
    expect(stdout).toMatch(/recall@10 (0\.[89]|1\.)\d+ at effort \d+, asked for 0.9/);
    const native = await testProgram(out, 'examples/cpp/example.cpp', ['-O2', '-I', join(out, 'include')]);
    expect((await execa(native, [], { cwd: out })).stdout).toMatch(/recall@10 (0\.[89]|1\.)\d+ at effort/);
  });

  it('finds, where it compares all rows, what comparing all rows finds, by their numbers in the dataset', async () => {
    const { ids, compared, size } = (await runInUser(`
      import { readFileSync } from 'node:fs';
      import { Index, trainedIndex } from 'ann-bins';
      const index = await Index.load(trainedIndex);
      const words = new Float32Array(new Uint8Array(readFileSync('node_modules/ann-bins/examples/queries.fvecs')).buffer);
      const { ids, compared } = index.searchBatchSync(words.slice(1, 25), { k: 10, effort: 9, countCompared: true });
      console.log(JSON.stringify({ ids: [...ids], compared: [...compared], size: index.info.count }));`)) as unknown as {
      ids: number[];
      compared: number[];
      size: number;
    };
    // Half of the queries served to select, a quarter to promote.
    expect(ids).toEqual(await nearest(900, 10));
    expect(compared).toEqual([size]);
    expect(size).toBe(3000);
  });

  it('is not trained on other vectors than the campaign', async () => {
    await measuredSeeds('moved', 'another');
    const options = { out: join(folder, 'moved-out'), candidate: [], force: false, json: false };
    await expect(exportPackage(environmentIn(folder).environment, 'moved', options)).rejects.toThrow(
      /has the hash [0-9a-f]+, and the campaign measured on another/,
    );
  });

  it('says where and by what it was trained, which the journal does not', async () => {
    const { trained } = JSON.parse(await readFile(join(out, 'EVIDENCE.json'), 'utf8'));
    expect(trained.madeWith).toMatchObject({ trainer: expect.stringContaining('libtorch'), cpu: cpus()[0]!.model });
    expect(await readFile(join(out, 'EVIDENCE.md'), 'utf8')).toContain('Everything but the training below comes from');
  });

  it('is not made of headers that do not compile, and says what is wrong with them', async () => {
    await measuredSeeds('broken', undefined, '#error no probing\n');
    const options = { out: join(folder, 'broken-out'), candidate: [], force: false, json: false };
    await expect(exportPackage(environmentIn(folder).environment, 'broken', options)).rejects.toMatchObject({
      name: 'HarnessError',
      message: expect.stringMatching(/^these headers do not pass at scale tiny .*: compile error: .*no probing/),
    });
  });

  it('says that it is not built here, and how it is trained anew', async () => {
    const { code, message } = (await runInUser(`
      import { build } from 'ann-bins';
      const error = await build(new Float32Array(64), { dimension: 4 }).catch((error) => error);
      console.log(JSON.stringify({ code: error.code, message: error.message }));`)) as Record<string, string>;
    expect(code).toBe('UNSUPPORTED');
    expect(message).toMatch(/load ann_bins\.index.*annvil campaign --target neural-lsh/);
  });

  it('counts again what the referee counted of it', async () => {
    const args = ['verify/verify.mjs', '--base', base, '--queries', queries];
    const { stdout } = await execa('node', args, { cwd: join(user, 'node_modules/ann-bins') });
    expect(stdout).toContain('the claim holds');
    expect(stdout).toMatch(/effort 8: recall 1\.0000, 3000\.0 rows compared/);
  });

  it('does not let another index pass for the one that was counted', async () => {
    const installed = join(user, 'node_modules/ann-bins');
    const file = join(installed, 'EVIDENCE.json');
    const text = await readFile(file, 'utf8');
    const evidence = JSON.parse(text);
    evidence.trained.curve[2].recall -= 0.01;
    await writeFile(file, JSON.stringify(evidence));
    const args = ['verify/verify.mjs', '--base', base, '--queries', queries];
    const { stdout, exitCode } = await execa('node', args, { cwd: installed, reject: false });
    await writeFile(file, text);
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('the claim does NOT hold: recall at effort 3')]);
  });

  it('is safe to ask, or refused, where its file is cut or flipped in a bit, under the sanitizers', async () => {
    await mkdir(join(out, 'testing'));
    const source = await readFile(join(packageRoot, 'candidates/package/learned/testing/files.test.cpp'), 'utf8');
    await writeFile(join(out, 'testing/files.test.cpp'), source.replaceAll('PACKAGE_NAME', 'ann_bins'));
    const sanitized = ['-O1', '-march=native', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const program = await testProgram(out, 'testing/files.test.cpp', [...sanitized, '-I', join(out, 'include')]);
    await expect(execa(program, [join(out, 'ann_bins.index'), user])).resolves.toMatchObject({ stdout: '' });
  });
});
