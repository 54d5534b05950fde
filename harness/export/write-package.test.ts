import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { finishedSampleJournal } from '../record/sample-campaign.ts';
import { campaignState } from '../record/state.ts';
import { chooseIndex } from './chosen-index.ts';
import { claimOf } from './claim.ts';
import { evidenceOf } from './evidence.ts';
import { writePackage } from './write-package.ts';

it('leaves the old package, and nothing beside it, where it is interrupted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-write-package-'));
  try {
    const out = join(folder, 'out');
    await mkdir(out);
    await writeFile(join(out, 'EVIDENCE.json'), '{}');
    const state = campaignState(finishedSampleJournal().entries);
    const chosen = chooseIndex(state, []);
    const evidence = evidenceOf(state, chosen, claimOf(state, chosen), {
      names: { package: 'ann-sample', identifier: 'ann_sample' },
      version: '1.0.0',
      metric: 'euclidean',
      journal: '',
      exportedBy: '',
      commits: new Map(),
    });
    const progress = { event: () => {}, close: () => {} };
    const signal = AbortSignal.abort(new Error('interrupted'));
    const rest = { plot: '', out, force: true, cacheDir: folder, progress, signal };
    await expect(writePackage({ state, chosen, evidence, ...rest })).rejects.toThrow('interrupted');
    expect(await readdir(folder)).toEqual(['out']);
    expect(await readdir(out)).toEqual(['EVIDENCE.json']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
