import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedCandidates } from '../seeds.ts';
import { type CompileResult, compile } from './compile.ts';
import { precompileContract } from './precompiled.ts';
import { contractAndPlayer, findToolchain } from './toolchain.ts';

let folder: string;
let precompiled: string | undefined;
const make = async () => {
  const contract = Object.keys(await contractAndPlayer()).filter((path) => path.startsWith('contract/'));
  return precompileContract(folder, 'this machine', await findToolchain(), 'squared_l2', contract);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-precompiled-'));
  precompiled = await make();
});
afterAll(() => rm(folder, { recursive: true }));

const compileWith = async (sandbox: boolean, refinement: string, name: string): Promise<CompileResult> => {
  const [{ search }, toolchain, support] = await Promise.all([
    seedCandidates('graph'),
    // Says so where the precompiled contract is found and not used.
    findToolchain().then((found) => ({ ...found, flags: [...found.flags, '-Winvalid-pch', '-Werror=invalid-pch'] })),
    contractAndPlayer(),
  ]);
  const headers = { search: search.source, refinement };
  const binary = join(folder, name);
  const lent = precompiled ? { precompiled } : {};
  return compile({ program: 'serve', headers, support, metric: 'squared_l2', toolchain, sandbox, binary, ...lent });
};

it('is made once', async () => {
  if (!precompiled) return;
  const made = await stat(join(precompiled, 'contract.hpp.gch'));
  expect(await make()).toBe(precompiled);
  expect((await stat(join(precompiled, 'contract.hpp.gch'))).ino).toBe(made.ino);
  expect(await readdir(join(folder, 'precompiled'))).toHaveLength(1);
});

it.each([true, false])('serves a compile, sandboxed: %s', async (sandbox) => {
  const { refinement } = await seedCandidates('graph');
  expect(await compileWith(sandbox, refinement.source, `player-${sandbox}`)).toMatchObject({ kind: 'compiled' });
});

it('leaves diagnostics as they are', async () => {
  const source = '#pragma once\nnamespace candidate { template <annvil::Metric> class Refinement {}; }\n';
  expect(await compileWith(true, source, 'broken')).toMatchObject({
    kind: 'compile-error',
    diagnostics: expect.stringContaining('refiner.refine(query'),
  });
});
