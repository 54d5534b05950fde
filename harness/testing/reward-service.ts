import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Candidate } from '../core/candidate.ts';
import type { Outcome } from '../core/outcome.ts';
import { parseSpec } from '../core/spec.ts';
import { perSlot } from '../core/target.ts';
import { sampleScored, sampleSeeds } from '../record/sample-campaign.ts';
import { rewardApp } from '../reward-server/app.ts';
import { makeConditions } from '../reward-server/conditions.ts';
import { ResultStore } from '../reward-server/result-store.ts';
import type { Scorer, ScoringParts } from '../reward-server/score-group.ts';
import { ScoreQueue } from '../reward-server/score-queue.ts';

export const token = 'a-token-of-this-test';

/**
 * Measures by what a header says: `speedup 1.3` scores so, `breaks` breaks the harness, anything else does not compile. While
 * `hold` is set, a measurement waits for it.
 */
export class FakeScorer implements Scorer {
  /** Sources in the order they were measured. */
  readonly measured: string[] = [];
  hold: Promise<void> | undefined;

  async prepare(): Promise<void> {}

  async measure({ source }: Candidate): Promise<Outcome> {
    this.measured.push(source);
    await this.hold;
    if (source.includes('breaks')) throw new Error('the referee is gone');
    const speedup = Number(/speedup ([\d.]+)/.exec(source)?.[1]);
    if (!speedup) return { kind: 'compile-error', diagnostics: 'error: expected a speedup' };
    return sampleScored('no-gain', 100_000 * speedup, speedup, speedup * 0.99, speedup * 1.01);
  }
}

export interface ServiceOptions {
  readonly queue?: number;
  /** As after a restart, on what an earlier service stored. */
  readonly folder?: string;
  readonly starting?: boolean;
  /** Of every slot's champion over its seed. */
  readonly championSpeedup?: number;
}

/** A whole service on the sample seeds, with nothing real to measure with. */
export async function fakeService({
  queue: limit = 4,
  folder,
  starting = false,
  championSpeedup: value = 1,
}: ServiceOptions = {}) {
  const store = folder ?? (await mkdtemp(join(tmpdir(), 'annvil-rewards-')));
  const scorer = new FakeScorer();
  const queue = new ScoreQueue(limit);
  const championSpeedup = { value, low: value, high: value };
  const champions = perSlot('graph', (slot) => ({ candidate: sampleSeeds[slot], championSpeedup }));
  const candidates = new Map(Object.values(sampleSeeds).map((seed) => [seed.id, seed]));
  const parts: ScoringParts = {
    conditions: makeConditions(parseSpec({ name: 'test' }), { champions, candidates, fingerprint: '0123456789ab' }),
    scorer,
    store: await ResultStore.open(store),
    readHeader: readFencedBlock,
    // Deviations from the mean: easy to work out by hand.
    advantages: (rewards) => rewards.map((one) => one - rewards.reduce((sum, each) => sum + each, 0) / rewards.length),
  };
  const defects: unknown[] = [];
  const app = rewardApp({
    token,
    queue,
    scoring: () => (starting ? undefined : parts),
    onDefect: (error) => defects.push(error),
  });
  return { app, scorer, queue, folder: store, defects };
}

/** What stands between fences, or a refusal; a whole text without any is the header. */
function readFencedBlock(text: string): ReturnType<ScoringParts['readHeader']> {
  const block = /```cpp\n([\s\S]*?)```/.exec(text)?.[1];
  if (block !== undefined) return { source: block };
  if (text.trim() !== '' && !/^## /m.test(text)) return { source: text };
  return { refusal: { rule: 'answer-format', detail: 'no fenced block of C++ in the answer' } };
}

/** Lets `use` talk to the routes over a socket of this machine. */
export async function listening<T>(app: Hono, use: (port: number) => Promise<T>): Promise<T> {
  let server: ReturnType<typeof serve> | undefined;
  const port = await new Promise<number>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (address) => resolve(address.port));
  });
  try {
    return await use(port);
  } finally {
    server!.close();
  }
}
