import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../../core/errors.ts';
import type { VectorSource, Workshop } from '../learned/workshop.ts';
import { hashOf } from '../toolchain.ts';

const neighbourCount = 10;
const truthHeadBytes = 4096;

/**
 * KaHIP's partition (Sanders and Schulz, 2013) of the graph of ten neighbours, as a sections file for trainings, which start no programs themselves;
 * undefined where there is no `kaffpa` on the path. Cached.
 * @throws HarnessError where kaffpa fails
 */
export async function kahipPartition(
  workshop: Workshop,
  neighbours: VectorSource,
  bins: number,
  imbalance: number,
): Promise<VectorSource | undefined> {
  const { failed, code } = await execa('kaffpa', ['--help'], { reject: false, stdio: 'ignore' });
  if (failed && code === 'ENOENT') return undefined;
  const hash = hashOf('kahip', neighbours.hash, String(bins), String(imbalance)).slice(0, 32);
  const path = join(workshop.cacheDir, 'learned', 'kahip', `${hash}.sections`);
  if (existsSync(path)) return { path, hash, count: neighbours.count };
  await mkdir(dirname(path), { recursive: true });
  const [graph, parts] = [`${path}.${process.pid}.graph`, `${path}.${process.pid}.parts`];
  try {
    await writeFile(graph, graphText(await readFile(neighbours.path)));
    const wanted = [`--k=${bins}`, `--imbalance=${100 * imbalance}`, '--preconfiguration=strong', '--seed=1'];
    const ran = await execa('kaffpa', [graph, ...wanted, `--output_filename=${parts}`], { reject: false });
    if (ran.exitCode !== 0) throw new HarnessError(`kaffpa failed: ${`${ran.stderr}${ran.stdout}`.slice(-2000)}`);
    const numbers = Uint32Array.from((await readFile(parts, 'utf8')).trim().split('\n'), Number);
    if (numbers.length !== neighbours.count) throw new HarnessError(`kaffpa gave ${numbers.length} parts`);
    await writeFile(`${path}.${process.pid}`, sectionOf('kahip', numbers));
    await rename(`${path}.${process.pid}`, path);
  } finally {
    for (const file of [graph, parts]) await rm(file, { force: true });
  }
  return { path, hash, count: neighbours.count };
}

/**
 * The symmetric graph of ten neighbours in the METIS format that kaffpa reads, an edge of weight 2 where each is among the other's.
 * @param truth a file of exact neighbours of rows among themselves (candidates/referee/truth_output.hpp)
 */
export function graphText(truth: Buffer): string {
  const count = truth.readUInt32LE(8);
  const k = truth.readUInt32LE(12);
  const ids = new Uint32Array(truth.buffer.slice(truth.byteOffset + truthHeadBytes), 0, count * k);
  const weights = Array.from({ length: count }, () => new Map<number, number>());
  for (let row = 0; row < count; ++row) {
    const others = ids.subarray(row * k, (row + 1) * k).filter((id) => id !== row && id < count);
    for (const other of others.subarray(0, neighbourCount)) {
      weights[row]!.set(other, (weights[row]!.get(other) ?? 0) + 1);
      weights[other]!.set(row, (weights[other]!.get(row) ?? 0) + 1);
    }
  }
  const edges = weights.reduce((sum, row) => sum + row.size, 0) / 2;
  const lines = weights.map((row) => [...row].map(([other, weight]) => `${other + 1} ${weight}`).join(' '));
  // The last field says that edges have weights.
  return `${count} ${edges} 1\n${lines.join('\n')}\n`;
}

/** A sections file of one list (candidates/player/learned/sections.hpp). */
export function sectionOf(name: string, values: Uint32Array): Buffer {
  const dataAt = 128;
  const file = Buffer.alloc(dataAt + values.byteLength);
  file.write('ANNVSEC1', 0, 'latin1');
  file.writeUInt32LE(1, 8);
  const entry = 16;
  file.write(name, entry, 'latin1');
  file.writeUInt32LE(1, entry + 32);
  [values.length, 1, 1, 1].forEach((extent, axis) => {
    file.writeBigUInt64LE(BigInt(extent), entry + 40 + 8 * axis);
  });
  file.writeBigUInt64LE(BigInt(dataAt), entry + 72);
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(file, dataAt);
  return file;
}
