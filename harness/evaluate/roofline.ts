import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { hashOf } from './toolchain.ts';

const perSecond = z.number().positive();

/** What one core can do at most, by candidates/referee/roofline.cpp: each the best of many tries, a CPU second. */
const roofline = z.object({
  /** Bytes of the array behind `indexLines`: as asked for, but at least a line and at most `farBytes`. */
  indexBytes: z.number(),
  /** Bytes of the array behind `farReadBytes` and `farLines`; where the last cache is smaller, that is memory. */
  farBytes: z.number(),
  /** Bytes read in order, within the first-level cache and from `farBytes`. */
  nearReadBytes: perSecond,
  farReadBytes: perSecond,
  /** Random cache lines read with as many loads in flight as the core holds, on huge pages. */
  indexLines: perSecond,
  farLines: perSecond,
  /** Float operations in fused multiply-adds, two each. */
  floatOperations: perSecond,
  /** Dimensions passed by the contract's `squared_l2` and `squared_l2_u7` on rows in the first-level cache. */
  floatDimensions: perSecond,
  byteDimensions: perSecond,
});
export type Roofline = z.infer<typeof roofline>;

export interface RooflineProbe {
  /** `ownProgram('roofline', ...)`: its name changes with CPU flags, compiler and sources. */
  readonly binary: string;
  readonly cacheDir: string;
  /** Tells machines that share a cache folder apart, for instance CPU model and cache sizes. */
  readonly machineKey: string;
  /** -1: not pinned. */
  readonly core: number;
  readonly indexBytes: number;
}

/** This machine's roofline, from the cache or measured now (two seconds of one core, 1 GiB). @throws HarnessError */
export async function rooflineOf(probe: RooflineProbe): Promise<Roofline> {
  const key = hashOf(basename(probe.binary), probe.machineKey, String(probe.indexBytes)).slice(0, 32);
  const path = join(probe.cacheDir, 'rooflines', `${key}.json`);
  const known = await readFile(path, 'utf8').then(parseRoofline, () => undefined);
  if (known) return known;
  const args = [String(probe.core), String(Math.round(probe.indexBytes))];
  const { stdout, stderr, exitCode } = await execa(probe.binary, args, { reject: false, timeout: 60_000 });
  const measured = exitCode === 0 ? parseRoofline(stdout) : undefined;
  if (!measured) throw new HarnessError(`the roofline could not be measured: ${stderr || stdout}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}`, `${stdout}\n`);
  await rename(`${path}.${process.pid}`, path);
  return measured;
}

/** The program's line, or undefined where it is none. */
export function parseRoofline(text: string): Roofline | undefined {
  try {
    return roofline.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
