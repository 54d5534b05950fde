import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../core/errors.ts';
import { type CliEnvironment, campaignDir, campaignNames } from './environment.ts';

let runsDir: string;
let environment: CliEnvironment;

beforeAll(async () => {
  runsDir = await mkdtemp(join(tmpdir(), 'annvil-runs-'));
  environment = {
    runsDir,
    cacheDir: runsDir,
    terminal: false,
    columns: 80,
    colour: false,
    print: () => {},
    variable: () => undefined,
  };
  for (const [name, day] of [
    ['older', 1],
    ['newest', 3],
    ['newer', 2],
  ] as const) {
    await mkdir(join(runsDir, name));
    const path = join(runsDir, name, 'journal.jsonl');
    await writeFile(path, `{"seq":1,"at":"2026-01-0${day}T00:00:00.000Z","sum":"","entry":{}}\n`);
    // As a clone leaves it: dated by when it was checked out.
    await utimes(path, 1000 - day, 1000 - day);
  }
  await mkdir(join(runsDir, 'no-campaign'));
});
afterAll(() => rm(runsDir, { recursive: true }));

test('campaigns are in the order of their last entries, whatever their files are dated', async () => {
  expect(await campaignNames(environment)).toEqual(['newest', 'newer', 'older']);
});

test.each([undefined, ''])('%j means the latest campaign', async (wanted) => {
  expect(await campaignDir(environment, wanted)).toEqual({ name: 'newest', dir: join(runsDir, 'newest') });
});

test('a name that is none is told with the nearest that is', async () => {
  const failed = campaignDir(environment, 'oldr');
  await expect(failed).rejects.toThrow(UsageError);
  await expect(failed).rejects.toThrow('no campaign "oldr"');
  await expect(failed).rejects.toThrow('nearest: "older"');
});
