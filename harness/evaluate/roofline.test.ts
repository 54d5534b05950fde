import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aboveRoofline, leastIndexBytes, physicalFloor, qpsCeiling } from './physical-floor.ts';
import { parseRoofline, type Roofline, rooflineOf } from './roofline.ts';
import { withStageFolder } from './stage-folder.ts';

/** One Xeon core, the index within its second-level cache. */
const captured =
  '{"indexBytes":480000,"farBytes":1073741824,"nearReadBytes":3.168e+11,"farReadBytes":1.807e+10,"indexLines":1.495e+09,' +
  '"farLines":8.569e+07,"floatOperations":3.634e+11,"floatDimensions":3.352e+10,"byteDimensions":1.126e+11}';
const machine: Roofline = parseRoofline(captured)!;
const mnist = { count: 60_000, dimension: 784 };

describe('the physical floor', () => {
  it('is a line of the index an answer, where the query is short', () => {
    expect(physicalFloor(machine, mnist, 10)).toBeCloseTo(10 / 1.495e9, 15);
  });

  it('is the reading of the query, where that takes longer', () => {
    const dimension = 8 * 784 * 4;
    expect(physicalFloor(machine, { count: 60_000, dimension }, 1)).toBeCloseTo((dimension * 4) / 8 / 3.168e11, 15);
  });

  it('grows with k, but not past the lines that there are', () => {
    const floor = (count: number, k: number) => physicalFloor(machine, { count, dimension: 4 }, k);
    expect(floor(60_000, 100)).toBeCloseTo(10 * floor(60_000, 10), 15);
    expect(floor(16, 100)).toBeCloseTo(2 / 1.495e9, 15);
  });

  it('falls with the speed of the machine', () => {
    const slower = { ...machine, indexLines: machine.farLines };
    expect(qpsCeiling(slower, mnist, 10)).toBeLessThan(qpsCeiling(machine, mnist, 10));
  });

  it('lies far above the fastest honest index that was seen', () => {
    expect(qpsCeiling(machine, mnist, 10)).toBeGreaterThan(100 * 191_000);
  });
});

describe('a curve', () => {
  const curve = [
    { effort: 10, recall: 0.86, qps: 900 },
    { effort: 40, recall: 0.95, qps: 400 },
  ];

  it('below the ceiling passes', () => expect(aboveRoofline(curve, 900)).toBeUndefined());

  it('above it at any point is tampering, and both figures are named', () => {
    expect(aboveRoofline([...curve, { effort: 60, recall: 0.96, qps: 12_345_678 }], 1000)).toEqual({
      kind: 'tampered',
      stage: 'measure',
      rule: 'above-roofline',
      detail: "12,345,678 queries/s at effort 60; this machine's memory allows 1,000 at most",
    });
  });
});

describe('the roofline', () => {
  it('is read from a whole line only', () => {
    expect(parseRoofline(captured.slice(0, 60))).toBeUndefined();
    expect(parseRoofline(captured.replace('1.495e+09', '0'))).toBeUndefined();
  });

  it('is measured once for a machine and an index size, whatever became of a cached file', async () => {
    await withStageFolder(false, async (folder) => {
      const binary = join(folder, 'roofline-0');
      const calls = join(folder, 'calls');
      await writeFile(binary, `#!/bin/sh\necho "$@" >> ${calls}\necho '${captured}'\n`);
      await chmod(binary, 0o755);
      const probe = {
        binary,
        cacheDir: folder,
        machineKey: 'a machine',
        core: 1,
        indexBytes: leastIndexBytes(mnist),
      };
      await rooflineOf(probe);
      expect(await rooflineOf(probe)).toEqual(machine);
      await rooflineOf({ ...probe, machineKey: 'another' });
      for (const name of await readdir(join(folder, 'rooflines')))
        await writeFile(join(folder, 'rooflines', name), '{"in');
      await rooflineOf(probe);
      expect((await readFile(calls, 'utf8')).trim().split('\n')).toEqual(Array(3).fill('1 480000'));
    });
  });
});
