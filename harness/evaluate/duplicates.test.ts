import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkbench, openEvaluator } from '../assemble.ts';
import { type Candidate, makeCandidate } from '../core/candidate.ts';
import type { Index } from '../core/evaluation.ts';
import { parseSpec } from '../core/spec.ts';
import { type Slot, slotsOf } from '../core/target.ts';
import { seedCandidates } from '../seeds.ts';
import { smallDataset } from '../testing/small-dataset.ts';
import { compile } from './compile.ts';
import { DuplicateIndex } from './duplicates.ts';
import type { GraphEvaluator } from './evaluator.ts';
import { objectCodeHash } from './object-code.ts';
import { contractAndPlayer, findToolchain } from './toolchain.ts';

const make = (slot: Slot, source: string): Candidate =>
  makeCandidate({ slot, source, parents: [], origin: { proposer: 'seed' } });

let folder: string;
let seeds: Index;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-duplicates-'));
  seeds = await seedCandidates('graph');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a source', () => {
  const first = make('search', 'int f() { return 1; }');
  const again = make('search', 'int f() {\n  return 1;  // one\n}');

  it('that was seen under another id is a duplicate, which names the first', () => {
    const index = new DuplicateIndex([first]);
    expect(index.sameSource(again)).toMatchObject({ kind: 'rejected', rule: 'duplicate-source' });
    expect(index.sameSource(again)!.detail).toContain(first.id);
  });

  it('is no duplicate of itself, nor of the same words in another slot', () => {
    const index = new DuplicateIndex([first, again]);
    expect(index.sameSource(first)).toBeUndefined();
    expect(index.sameSource(make('refinement', first.source))).toBeUndefined();
  });
});

describe('object code', () => {
  const player = async (name: string, refinement: string, sandbox = true): Promise<string> => {
    const binary = join(folder, name);
    const headers = { search: seeds.search.source, refinement };
    const [toolchain, support] = await Promise.all([findToolchain(), contractAndPlayer()]);
    const job = { program: 'serve', headers, support, metric: 'squared_l2', toolchain, sandbox, binary } as const;
    expect(await compile(job)).toMatchObject({ kind: 'compiled' });
    return binary;
  };

  it('is the same from compile to compile, with and without a sandbox, and under other names', async () => {
    const { source } = seeds.refinement;
    const renamed = source
      .replace(/\bnamespace candidate \{/, '// Another comment.\n\n$&')
      .replaceAll('query', 'asked');
    const [first, ...others] = await Promise.all([
      player('first', source).then(objectCodeHash),
      player('second', source).then(objectCodeHash),
      player('unsandboxed', source, false).then(objectCodeHash),
      player('renamed', renamed).then(objectCodeHash),
    ]);
    expect(new Set(others)).toEqual(new Set([first]));
    await copyFile(join(folder, 'first'), join(folder, 'moved'));
    expect(await objectCodeHash(join(folder, 'moved'))).toBe(first);
  });
});

describe('an evaluation', () => {
  let evaluator: GraphEvaluator;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const spec = parseSpec({ name: 'test', ...(await smallDataset(folder)), memoryMebibytes: 512 });
    const bench = await makeWorkbench(spec, folder, { event: () => {}, close: () => {} });
    const duplicates = new DuplicateIndex(slotsOf('graph').map((slot) => seeds[slot]));
    ({ evaluator, close } = await openEvaluator(spec, bench, folder, () => undefined, { duplicates }));
  });
  afterAll(() => close());

  const attempt = async (changed: Candidate) =>
    (await evaluator.compare({ ...seeds, [changed.slot]: changed }, seeds, changed, { queries: 'search' })).outcome;

  it.each(['construction', 'search', 'refinement'] as const)(
    'rejects a %s that is the seed but for its layout',
    async (slot) => {
      const outcome = await attempt(make(slot, seeds[slot].source.replaceAll('\n\n', '\n// more\n')));
      expect(outcome).toMatchObject({ kind: 'rejected', rule: 'duplicate-source' });
      expect(outcome.kind === 'rejected' && outcome.detail).toContain(seeds[slot].id);
    },
  );

  it.each(['construction', 'refinement'] as const)(
    'rejects a %s that compiles to what the champion compiles to',
    async (slot) => {
      const changed = make(
        slot,
        seeds[slot].source.replace(/namespace candidate \{/, '$& inline constexpr int unused = 1;'),
      );
      expect(await attempt(changed)).toMatchObject({ kind: 'rejected', rule: 'duplicate-code' });
    },
  );

  it('measures a header again under its own id, and the same index beside itself', async () => {
    const changed = make('refinement', (await seedCandidates('exact')).refinement.source);
    const first = await attempt(changed);
    expect(first).not.toMatchObject({ kind: 'rejected' });
    expect((await attempt(changed)).kind).toBe(first.kind);
    const { outcome } = await evaluator.compare(seeds, seeds, undefined, { queries: 'search' });
    expect(outcome).toMatchObject({ kind: 'scored' });
  });
});
