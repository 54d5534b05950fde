import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCandidate } from '../../core/candidate.ts';
import type { CompileJob } from '../compile.ts';
import type { CompileLanes } from '../lanes.ts';
import type { LearnedCase, LearnedTarget } from './learned-target.ts';
import { TrainedIndexMaker, type TrainedIndexParts } from './trained-index.ts';
import type { Trainer } from './trainer.ts';

const examination = {
  kind: 'examined',
  points: [{ effort: 1, recall: [1], cost: [1], cost95: 1 }],
  facts: { modelBytes: 4 },
};
const headers = Object.fromEntries(
  (['router', 'probing'] as const).map((slot) => [
    slot,
    makeCandidate({ slot, source: '', parents: [], origin: { proposer: 'seed' } }),
  ]),
);
const learned: LearnedCase = {
  name: 'm=2',
  settings: {},
  inputs: {},
  inputsHash: 'rows',
  limitSeconds: 60,
  memoryMebibytes: 4096,
  examination: () => ({}),
  baseline: () => ({}),
};

const trainer: Trainer = { version: 'none', flags: [], libraries: [], folders: [], cuda: false };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-trained-index-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Whose trainings are a line of shell, with the output as descriptor 4 and the checkpoint as 8; each that runs is noted. */
async function maker(line: string, more: Partial<TrainedIndexParts> = {}): Promise<TrainedIndexMaker> {
  const write = (path: string, text: string) => writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const examineBinary = join(folder, 'examine');
  await write(examineBinary, `read -r request; echo '${JSON.stringify(examination)}'`);
  const compile = async ({ binary }: CompileJob) => {
    await mkdir(dirname(binary), { recursive: true });
    await write(binary, `echo >> ${join(folder, 'trainings')}\n${line}`);
    return { kind: 'compiled', seconds: 0, cached: false } as const;
  };
  return new TrainedIndexMaker({
    target: { name: 'neural-lsh', trains: ['router'], serves: ['probing'], libraries: [] } as unknown as LearnedTarget,
    sandbox: 'none-i-trust-this-code',
    metric: 'squared_l2',
    toolchain: { command: 'g++', version: 'g++', flags: [] },
    libtorch: trainer,
    machineKey: '',
    support: {},
    cacheDir: folder,
    lanes: { compile } as unknown as CompileLanes,
    filters: undefined,
    precompiled: undefined,
    examineBinary,
    ...more,
  });
}

const examined = (one: TrainedIndexMaker) => one.examined(headers, learned, 1, 'search');
const trainings = async () => (await readFile(join(folder, 'trainings'), 'utf8')).length;
const kept = async (kind: string) =>
  (await readdir(join(folder, 'learned', 'neural-lsh'))).filter((name) => name.endsWith(kind));

describe('a trained index in the cache', () => {
  it('is not trained again, neither here nor in a later process', async () => {
    const first = await maker('echo net >&4');
    const one = await examined(first);
    expect(one.facts).toMatchObject({ modelBytes: 4, trainSeconds: expect.any(Number) });
    expect(await examined(first)).toEqual(one);
    expect(await examined(await maker('exit 1'))).toEqual(one);
    expect(await trainings()).toBe(1);
  });

  it('is another where it was trained on a GPU, which its training is told; one from the processor keeps its name', async () => {
    const onProcessor = await (await maker('echo "$@" >&4')).trained(headers, learned, 1);
    const gpu = { nodes: ['/dev/nvidia0'] };
    const onGpu = await (await maker('echo "$@" >&4', { libtorch: { ...trainer, gpu } })).trained(headers, learned, 1);
    expect(await readFile(onProcessor, 'utf8')).toBe('seed=1\n');
    expect(await readFile(onGpu, 'utf8')).toBe('seed=1 device=cuda\n');
    // The whole of it: trainings of earlier versions are found by it.
    const [binary] = (await readdir(join(folder, 'binaries'))).filter((name) => name.includes('-train-'));
    const parts = [join(folder, 'binaries', binary!), 'rows', '{}', '1', ''];
    const key = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
    expect(onProcessor).toBe(join(folder, 'learned', 'neural-lsh', `${key}.sections`));
    expect(onGpu).not.toBe(onProcessor);
  });

  it('whose process was killed before its time was noted is trained again', async () => {
    await examined(await maker('echo net >&4'));
    const [note] = await kept('.json');
    await rm(join(folder, 'learned', 'neural-lsh', note!));
    await examined(await maker('echo net >&4'));
    expect(await trainings()).toBe(2);
    expect(await kept('.json')).toEqual([note]);
  });
});

describe('a trusted request', () => {
  it('is answered by the baseline’s own program where it has one, under its name', async () => {
    const binary = join(folder, 'examine-lira');
    const other = { ...examination, facts: { heads: 3 } };
    await writeFile(binary, `#!/bin/sh\nread -r request; echo '${JSON.stringify(other)}'\n`, { mode: 0o755 });
    const one = await maker('exit 1');
    expect(await one.trusted({ seed: 1 }, { name: 'lira', binary })).toEqual(other);
    expect(await one.trusted({ seed: 1 })).toEqual(examination);
    const named = (await readdir(join(folder, 'learned', 'examinations'))).filter((name) => name.startsWith('lira-'));
    // The whole of it: examinations of earlier versions are found by it.
    const key = createHash('sha256').update(`${binary}\0{"seed":1}\0`).digest('hex').slice(0, 32);
    expect(named).toEqual([`lira-${key}.json`]);
  });
});

describe('a training that fails', () => {
  it('at its limit is paid for once a process, and leaves nothing for another to go on from', async () => {
    const one = await maker('echo half >&8; exit 152');
    const timedOut = { outcome: { kind: 'timed-out', stage: 'train', limitSeconds: 60 } };
    await expect(examined(one)).rejects.toMatchObject(timedOut);
    await expect(examined(one)).rejects.toMatchObject(timedOut);
    expect(await trainings()).toBe(1);
    expect(await kept('.checkpoint')).toEqual([]);
  });

  it('keeps what it reached where it crashed or was interrupted', async () => {
    await expect(examined(await maker('echo half >&8; exit 1'))).rejects.toMatchObject({
      outcome: { kind: 'crashed' },
    });
    expect(await kept('.checkpoint')).toHaveLength(1);
    const interrupted = new AbortController();
    const started = join(folder, 'started');
    const under = examined(
      await maker(`echo more >&8; echo > ${started}; exec sleep 60`, { signal: interrupted.signal }),
    );
    const ended = expect(under).rejects.toThrow('interrupted');
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 10));
    interrupted.abort(new Error('interrupted'));
    await ended;
    expect(await kept('.checkpoint')).toHaveLength(1);
    expect(await kept('.json')).toEqual([]);
  });
});
