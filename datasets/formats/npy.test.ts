import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readVectors } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-npy-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A file as NumPy writes it. */
async function npyFile(header: string, values: NodeJS.TypedArray, version = 1): Promise<string> {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  const path = join(folder, 'v.npy');
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  await writeFile(
    path,
    Buffer.concat([
      Buffer.from([0x93]),
      Buffer.from('NUMPY'),
      Buffer.from([version, 0]),
      length,
      Buffer.from(header),
      bytes,
    ]),
  );
  return path;
}

const header = (descr: string, shape = '(2, 3)', fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

test.each([
  ['<f4', Float32Array.of(1, -2.5, 3, 4, 5, 6.25)],
  ['<f8', Float64Array.of(1, -2.5, 3, 4, 5, 6.25)],
  ['|i1', Int8Array.of(-1, 2, 3, 4, 5, -128)],
  ['|u1', Uint8Array.of(1, 2, 3, 4, 5, 255)],
  ['<i2', Int16Array.of(-1, 2, 3, 4, 5, 32_000)],
  ['<u4', Uint32Array.of(1, 2, 3, 4, 5, 6)],
])('reads %s of each version', async (descr, values) => {
  for (const version of [1, 2, 3]) {
    const found = await readVectors(await npyFile(header(descr), values, version));
    expect([found.count, found.dimension, [...found.data]]).toEqual([2, 3, [...values]]);
  }
});

test('reads half precision: subnormals, infinities and all', async () => {
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x7e00, 0x3555);
  const { data } = await readVectors(await npyFile(header('<f2'), bits));
  expect([...data]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY, Number.NaN, Math.fround(0.333251953125)]);
});

test('rounds doubles, and refuses one that float32 has no place for', async () => {
  const { data } = await readVectors(await npyFile(header('<f8', '(1, 1)'), Float64Array.of(0.1)));
  expect(data[0]).toBe(Math.fround(0.1));
  await expect(readVectors(await npyFile(header('<f8', '(1, 2)'), Float64Array.of(0, 1e39)))).rejects.toThrow(
    'row 0, column 1: 1e+39 cannot be held by float32',
  );
});

test.each([
  [header('<f4', '(2, 3)', 'True'), /Fortran order; save numpy\.ascontiguousarray/],
  [header('>f4'), /values of >f4; little-endian .*astype/],
  [header('<c8', '(1, 3)'), /values of <c8/],
  [header('<f4', '(6,)'), /shape \(6\); vectors are the rows/],
  [header('<f4', '(1, 2, 3)'), /shape \(1, 2, 3\)/],
  [header('<f4', '(0, 3)'), /not empty/],
  [header('<f4', '(3, 3)'), /truncated: its header says 3 x 3 values of <f4, which is \d+ bytes, but it has/],
  ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3), }", /holds no plain array/],
])('refuses %s', async (text, message) => {
  await expect(readVectors(await npyFile(text, new Float32Array(6)))).rejects.toThrow(message);
});

test('refuses a version that is not known', async () => {
  await expect(readVectors(await npyFile(header('<f4'), new Float32Array(6), 9))).rejects.toThrow(/version 9/);
});
