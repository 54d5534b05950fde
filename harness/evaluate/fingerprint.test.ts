import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentHashes } from '../../datasets/content-hashes.ts';
import { prepareDataset } from '../../datasets/prepared.ts';
import { requireSameMachine } from '../assemble.ts';
import { smallDataset } from '../testing/small-dataset.ts';
import { takeFingerprint } from './fingerprint.ts';
import { chosen, switched, turboState } from './machine-state.ts';
import { withStageFolder } from './stage-folder.ts';

const toolchain = { command: 'g++', version: 'g++ 12', flags: ['-O3'] };

describe('a fingerprint', () => {
  let content: Awaited<ReturnType<typeof contentHashes>>[];
  beforeAll(async () => {
    content = await withStageFolder(false, async (folder) => {
      const paths = await smallDataset(folder, { count: 60, queries: 20, dimension: 4 });
      const hashes = [];
      for (const queries of [paths.queries, paths.dataset]) {
        const prepared = await prepareDataset({ dataset: paths.dataset, queries }, { cacheDir: join(folder, 'cache') });
        await writeFile(prepared.truthPath, 'some neighbours');
        hashes.push(await contentHashes(prepared));
      }
      return hashes;
    });
  });

  it('shows which part of a dataset differs', () => {
    const [one, other] = content;
    expect(one!.baseVectors).toBe(other!.baseVectors);
    expect(one!.groundTruth).toBe(other!.groundTruth);
    expect(one!.queryVectors).not.toBe(other!.queryVectors);
    expect(one!.dataset).not.toBe(other!.dataset);
    // The same rows as base and as queries.
    expect(other!.queryVectors).toBe(other!.baseVectors);
  });

  it('leaves no field out, whatever the machine keeps to itself', async () => {
    const taken = await takeFingerprint(content[0]!, toolchain);
    for (const field of ['microcode', 'turbo', 'smt', 'hugePages', 'sharedHugePages', 'governor'] as const)
      expect(taken[field], field).toMatch(/\S/);
  });

  it('is compared field by field, but for fields that an older journal lacks', async () => {
    const now = await takeFingerprint(content[0]!, toolchain);
    const { microcode: _, queryVectors: __, ...older } = now;
    expect(() => requireSameMachine(now, now)).not.toThrow();
    expect(() => requireSameMachine(older, now)).not.toThrow();
    expect(() => requireSameMachine({ ...now, microcode: '0xffff' }, now)).toThrow(/microcode: "0xffff" then/);
    expect(() => requireSameMachine(now, { ...now, smt: 'changed' })).toThrow(/smt: .* "changed" now/);
  });
});

describe('kernel settings', () => {
  it.each([
    ['always [madvise] never', 'madvise'],
    ['always within_size advise [never] deny force', 'never'],
    [undefined, 'not reported'],
  ])('%s stands on %s', (setting, expected) => expect(chosen(setting)).toBe(expected));

  it('turbo is on where nothing forbids it, by either driver', () => {
    expect(turboState('0', undefined)).toBe('on');
    expect(turboState('1', undefined)).toBe('off');
    expect(turboState(undefined, '1')).toBe('on');
    expect(turboState(undefined, '0')).toBe('off');
    expect(turboState(undefined, undefined)).toBe('not reported');
    expect(switched('notsupported', '1')).toBe('not reported');
  });
});
