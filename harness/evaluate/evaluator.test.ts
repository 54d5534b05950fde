import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkbench, openEvaluator } from '../assemble.ts';
import { makeCandidate } from '../core/candidate.ts';
import type { Evaluation, Index } from '../core/evaluation.ts';
import { packageRoot } from '../core/paths.ts';
import { parseSpec } from '../core/spec.ts';
import type { Slot } from '../core/target.ts';
import { seedCandidates } from '../seeds.ts';
import { smallDataset } from '../testing/small-dataset.ts';
import type { GraphEvaluator } from './evaluator.ts';

const silent = { event: () => {}, close: () => {} };
/** The port that opens-a-socket.hpp tries to reach. */
const bait = 47813;

let folder: string;
let evaluator: GraphEvaluator;
let close: () => Promise<void>;
let seeds: Index;
let connections = 0;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-evaluator-'));
  const spec = parseSpec({ name: 'test', ...(await smallDataset(folder)), memoryMebibytes: 512, buildSecondsLimit: 4 });
  const bench = await makeWorkbench(spec, folder, silent);
  // The static rules would stop most of these before they run: here the walls behind the rules are tested.
  const limits = { prepareSeconds: 4, smokeSeconds: 3 };
  ({ evaluator, close } = await openEvaluator(spec, bench, folder, () => undefined, {
    check: () => undefined,
    limits,
  }));
  seeds = await seedCandidates('graph');
  server = createServer((socket) => {
    ++connections;
    socket.destroy();
  }).listen(bait, '127.0.0.1');
});
afterAll(async () => {
  server.close();
  await close();
  await rm(folder, { recursive: true });
});

/** Processes that forks-a-survivor.hpp left behind. Other players may well be running: test files run side by side. */
async function survivors(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // One that has ended meanwhile has no name to read.
  const names = await Promise.all(processes.map((id) => readFile(`/proc/${id}/comm`, 'utf8').catch(() => '')));
  return names.filter((name) => name.trim() === 'survivor');
}

async function attempt(name: string, slot: Slot): Promise<Evaluation> {
  const source = await readFile(join(packageRoot, 'candidates', 'red-team', `${name}.hpp`), 'utf8');
  const changed = makeCandidate({ slot, source, parents: [], origin: { proposer: 'seed' } });
  return evaluator.compare({ ...seeds, [slot]: changed }, seeds, changed, { queries: 'search' });
}

describe('a candidate that', () => {
  it.each([
    ['loops-forever', { kind: 'timed-out', stage: 'smoke' }],
    ['loops-while-preparing', { kind: 'timed-out', stage: 'prepare' }],
    ['crashes', { kind: 'crashed', stage: 'smoke', signal: 'SIGSEGV' }],
    ['throws', { kind: 'tampered', stage: 'smoke', detail: expect.stringContaining('must not') }],
    ['exits-early', { kind: 'crashed', stage: 'smoke' }],
    ['forks-without-end', { kind: 'tampered', rule: 'calls-the-kernel' }],
    ['allocates-without-end', { kind: 'tampered', rule: 'writes-outside-scratch' }],
    ['fills-the-disk', { kind: 'tampered', stage: 'smoke' }],
    ['answers-out-of-range', { kind: 'tampered', rule: 'id-out-of-range' }],
    ['answers-duplicates', { kind: 'tampered', rule: 'duplicate-id' }],
    ['answers-nothing', { kind: 'low-recall' }],
    ['opens-a-socket', { kind: 'tampered', rule: 'calls-the-kernel' }],
  ])('%s costs one attempt', async (name, expected) => {
    expect((await attempt(name, 'refinement')).outcome).toMatchObject(expected);
  });

  it.each([
    ['builds-forever', { kind: 'timed-out', stage: 'build' }],
    ['builds-nothing', { kind: 'tampered', rule: 'invalid-graph' }],
    ['builds-out-of-range', { kind: 'tampered', rule: 'invalid-graph' }],
    ['builds-too-wide', { kind: 'tampered', rule: 'invalid-graph' }],
  ])('%s costs one attempt', async (name, expected) => {
    expect((await attempt(name, 'construction')).outcome).toMatchObject(expected);
  });

  it('forks-a-survivor leaves nothing behind', async () => {
    await attempt('forks-a-survivor', 'refinement');
    // The kernel takes a process namespace down in its own time.
    await expect.poll(survivors, { timeout: 10_000 }).toEqual([]);
  });

  it('prints-without-end does not get to print', async () => {
    const { outcome } = await attempt('prints-without-end', 'refinement');
    expect(outcome).toMatchObject({ kind: 'tampered', stage: 'smoke' });
  });

  it('does not compile hands back what the compiler said', async () => {
    const source = '#pragma once\nnamespace candidate { template <annvil::Metric> class Search {}; }\n';
    const changed = makeCandidate({ slot: 'search', source, parents: [], origin: { proposer: 'seed' } });
    const { outcome } = await evaluator.compare({ ...seeds, search: changed }, seeds, changed, { queries: 'search' });
    expect(outcome).toMatchObject({
      kind: 'compile-error',
      diagnostics: expect.stringContaining("the required expression 'index.search(query"),
    });
  });

  it('includes a file of the host cannot read it', async () => {
    const source =
      '#pragma once\n#include "/etc/passwd"\nnamespace candidate { template <annvil::Metric> class Search {}; }\n';
    const changed = makeCandidate({ slot: 'search', source, parents: [], origin: { proposer: 'seed' } });
    const { outcome } = await evaluator.compare({ ...seeds, search: changed }, seeds, changed, { queries: 'search' });
    expect(outcome).toMatchObject({ kind: 'compile-error', diagnostics: expect.stringContaining('No such file') });
  });
});

describe('after all of these', () => {
  it('nothing was reached over the network, written outside or left running', async () => {
    expect(connections).toBe(0);
    for (const place of ['/tmp', '/var/tmp', '/home', '/'])
      expect(await readdir(place)).not.toContain('annvil-was-here');
    // The kernel takes a process namespace down in its own time.
    await expect.poll(survivors, { timeout: 10_000 }).toEqual([]);
  });

  it('the seed beside itself shows no difference', async () => {
    const { outcome, champion } = await evaluator.compare(seeds, seeds, undefined, { queries: 'search' });
    expect(outcome).toMatchObject({ kind: 'scored' });
    if (outcome.kind !== 'scored') return;
    // Wide, as this is a shared machine and a small set; the width on real data is bench's business.
    expect(outcome.speedup.low).toBeLessThan(1.05);
    expect(outcome.speedup.high).toBeGreaterThan(0.95);
    expect(champion!.area).toBeGreaterThan(0);
  });

  it('the exact index answers everything', async () => {
    const exact = await seedCandidates('exact');
    const { outcome } = await evaluator.compare(exact, seeds, undefined, { queries: 'search' });
    expect(outcome).toMatchObject({
      kind: 'scored',
      curve: expect.arrayContaining([expect.objectContaining({ recall: 1 })]),
    });
  });
});
