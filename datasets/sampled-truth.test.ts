import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { metrics } from '../harness/core/target.ts';
import { writeVectors } from './formats/index.ts';
import type { GivenTruth } from './given-truth.ts';
import { type PreparedDataset, prepareDataset, truthK } from './prepared.ts';
import { sampleTruth } from './sampled-truth.ts';
import { checkTruth } from './truth-check.ts';

/** Angles, in radians, of base rows to the one direction that the query has: three that float32 cannot tell by their cosines. */
const angles = [2e-4, 0.7, 1e-4, 3e-3, 0.02, 3e-4];
const byAngle = [2, 0, 5, 3, 4, 1];

let folder: string;
let prepared: PreparedDataset;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-sample-'));
  const [dataset, queries] = [join(folder, 'b.fbin'), join(folder, 'q.fbin')];
  const data = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
  await writeVectors(dataset, { count: angles.length, dimension: 2, data });
  await writeVectors(queries, { count: 1, dimension: 2, data: Float32Array.of(1, 0) });
  prepared = await prepareDataset({ dataset, queries, metric: 'angular' }, { cacheDir: join(folder, 'cache') });
  await writeTruth();
});
afterEach(() => rm(folder, { recursive: true }));

/** As the program writes it: by float32 cosines, equal ones by number. */
async function writeTruth(): Promise<void> {
  const bytes = Buffer.alloc(4096 + truthK * 8);
  bytes.write('ANNVILT1', 'latin1');
  [1, truthK, angles.length, metrics.indexOf('inner_product')].forEach((value, n) => {
    bytes.writeUInt32LE(value, 8 + 4 * n);
  });
  const near = angles.map((angle) => Math.fround(-Math.cos(angle)));
  const order = angles.map((_, id) => id).sort((a, b) => near[a]! - near[b]! || a - b);
  for (let rank = 0; rank < truthK; ++rank) {
    bytes.writeUInt32LE(order[rank] ?? 0xffffffff, 4096 + 4 * rank);
    bytes.writeFloatLE(near[order[rank] ?? -1] ?? Number.POSITIVE_INFINITY, 4096 + 4 * (truthK + rank));
  }
  await writeFile(prepared.truthPath, bytes);
}

function sample() {
  const cacheDir = join(folder, 'cache');
  return sampleTruth(prepared, 1, { binary: '/nowhere', onProgress: () => {}, cacheDir });
}

function given(ids: readonly number[]): GivenTruth {
  return { what: 'given', queryCount: 1, k: ids.length, read: async () => ids, close: async () => {} };
}

test('distances of near-duplicates are told apart, though their cosines are the same float32', async () => {
  const { distances } = await sample();
  for (const [rank, id] of byAngle.entries()) {
    const chord = 2 * Math.sin(angles[id]! / 2);
    expect(Math.abs(distances[rank]! / chord - 1)).toBeLessThan(0.01);
  }
  expect(distances[angles.length]).toBe(Number.POSITIVE_INFINITY);
});

describe('neighbours that came along', () => {
  test('agree in whichever order float32 has near-duplicates', async () => {
    const sampled = await sample();
    for (const ids of [byAngle, byAngle.slice(0, 2), [0, 5]]) {
      expect(await checkTruth(prepared, given(ids), sampled)).toMatchObject({ agreeing: 1, worst: null });
    }
  });

  test('do not where one is farther than float32 explains', async () => {
    const sampled = await sample();
    const check = await checkTruth(prepared, given([2, 3, 4]), sampled);
    expect(check).toMatchObject({ agreeing: 0, worst: { query: 0 } });
  });
});
