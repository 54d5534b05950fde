import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MachineError, UsageError } from '../../harness/core/errors.ts';
import { writeWhole } from '../disk.ts';
import { blockBytes, rowBlocks } from '../row-blocks.ts';
import type { VectorSet } from '../vectors.ts';
import { formatNames, openVectors, readVectors, writeVectors } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-formats-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Values 0 to 99, which every format can hold. */
function sample(count: number, dimension: number): VectorSet {
  const data = new Float32Array(count * dimension);
  for (let n = 0; n < data.length; n++) data[n] = (n * 31) % 100;
  return { count, dimension, data };
}

/** Formats that differ in nothing but the meaning of the bits: no reader can tell them apart. */
const alike = [
  ['u8bin', 'i8bin'],
  ['fvecs', 'ivecs'],
  ['fbin', 'ibin'],
];

describe.each(formatNames)('%s', (format) => {
  const pathOf = (name: string) => join(folder, `${name}.${format}`);

  test.each([
    [1, 1],
    [3, 7],
    [5, 128],
    [2, 5000],
  ])('gives back the %i x %i values written', async (count, dimension) => {
    const vectors = sample(count, dimension);
    await writeVectors(pathOf('v'), vectors);
    expect(await readVectors(pathOf('v'))).toEqual(vectors);
    expect(await readdir(folder)).toEqual([`v.${format}`]);
  });

  test('reads files of several blocks, and rows from the midst', async () => {
    const vectors = sample(300, 70_000);
    await writeVectors(pathOf('v'), vectors);
    const found = await readVectors(pathOf('v'));
    expect(Buffer.from(found.data.buffer).equals(Buffer.from(vectors.data.buffer))).toBe(true);
    const reader = await openVectors(pathOf('v'));
    try {
      expect([reader.count, reader.dimension]).toEqual([300, 70_000]);
      const some = await reader.read(211, 2);
      expect(Buffer.from(some.buffer).equals(Buffer.from(vectors.data.slice(211 * 70_000, 213 * 70_000).buffer))).toBe(
        true,
      );
    } finally {
      await reader.close();
    }
  });

  test.each([1, 5, 19])('refuses a file that lacks its last %i bytes, with both sizes', async (missing) => {
    await writeVectors(pathOf('v'), sample(4, 16));
    const size = (await readFile(pathOf('v'))).length;
    await truncate(pathOf('v'), size - missing);
    const reading = readVectors(pathOf('v'));
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(/truncated/);
    await expect(reading).rejects.toThrow(new RegExp(`\\b${size} bytes.*\\b${size - missing}\\b`));
  });

  test('refuses a file that ends in its header', async () => {
    await writeFile(pathOf('v'), Buffer.from([1, 0, 0]));
    await expect(readVectors(pathOf('v'))).rejects.toThrow(/truncated: expected at least \d+ bytes, found 3/);
  });

  test('refuses text, zeros and an empty file', async () => {
    await writeFile(pathOf('text'), 'id,x,y\n1,0.5,0.25\n2,0.5,0.75\n');
    await expect(readVectors(pathOf('text'))).rejects.toThrow(/is no .* file.*(extension|name) right\?/);
    await writeFile(pathOf('zeros'), Buffer.alloc(64));
    await expect(readVectors(pathOf('zeros'))).rejects.toThrow(/is no .* file.*\b0\b/);
    await writeFile(pathOf('empty'), '');
    await expect(readVectors(pathOf('empty'))).rejects.toThrow(/empty: 0 bytes/);
  });

  const others = formatNames.filter((other) => !alike.some((pair) => pair.includes(other) && pair.includes(format)));
  test.each(others.filter((other) => other !== format))('refuses a mislabelled %s file', async (other) => {
    await writeVectors(join(folder, `v.${other}`), sample(9, 24));
    await writeFile(pathOf('w'), await readFile(join(folder, `v.${other}`)));
    const reading = readVectors(pathOf('w'));
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(/mislabelled|truncated|is no /);
  });

  test('refuses to write no rows', async () => {
    const writing = writeVectors(pathOf('v'), { count: 0, dimension: 4, data: new Float32Array() });
    await expect(writing).rejects.toThrow(/cannot write 0 rows/);
  });
});

test.each([
  ['u8bin', 'fbin', 'uint8 or int8'],
  ['fbin', 'u8bin', 'float32 or int32'],
  ['bvecs', 'fvecs', 'uint8'],
  ['fvecs', 'bvecs', 'float32'],
] as const)('says that a %s file called .%s holds %s', async (real, label, type) => {
  await writeVectors(join(folder, `v.${real}`), sample(9, 24));
  await writeFile(join(folder, `v.${label}`), await readFile(join(folder, `v.${real}`)));
  await expect(readVectors(join(folder, `v.${label}`))).rejects.toThrow(new RegExp(`mislabelled.*${type}`));
});

test('names the row whose dimension differs', async () => {
  const path = join(folder, 'v.fvecs');
  await writeVectors(path, sample(4, 3));
  const bytes = await readFile(path);
  bytes.writeInt32LE(2, 2 * 16);
  await writeFile(path, bytes);
  await expect(readVectors(path)).rejects.toThrow(/row 2 says 2 dimensions, row 0 says 3/);
});

test.each([
  ['u8bin', 256],
  ['u8bin', 0.5],
  ['i8bin', -129],
  ['bvecs', Number.NaN],
  ['ivecs', 0.25],
  ['idx3-ubyte', -1],
] as const)('refuses to write into %s the value %d', async (format, value) => {
  const data = Float32Array.of(1, 2, 3, value);
  const writing = writeVectors(join(folder, `v.${format}`), { count: 2, dimension: 2, data });
  await expect(writing).rejects.toThrow(`row 1, column 1: ${value} cannot be held by`);
  expect(await readdir(folder)).toEqual([]);
});

test('keeps signs, and refuses integers that float32 cannot hold', async () => {
  const path = join(folder, 'v.ivecs');
  const data = Float32Array.of(-128, 127, -1, 0);
  for (const format of ['i8bin', 'ivecs', 'fbin'] as const) {
    await writeVectors(join(folder, `v.${format}`), { count: 2, dimension: 2, data });
    expect((await readVectors(join(folder, `v.${format}`))).data).toEqual(data);
  }
  await writeFile(path, new Uint8Array(Int32Array.of(1, 16_777_216, 1, 16_777_217).buffer));
  await expect(readVectors(path)).rejects.toThrow(/row 1, column 0: 16777217 cannot be held by float32/);
});

test('keeps every bit of a float, NaN too: validation speaks of those', async () => {
  const path = join(folder, 'v.fbin');
  const data = Float32Array.of(0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3.4e38);
  await writeVectors(path, { count: 3, dimension: 2, data });
  expect((await readVectors(path)).data).toEqual(data);
});

test('knows formats by extension, and MNIST by its own names', async () => {
  await writeVectors(join(folder, 'train-images-idx3-ubyte'), sample(2, 4));
  await writeVectors(join(folder, 'v.fbin'), sample(2, 4));
  await rm(join(folder, 'train-images-idx3-ubyte'));
  await expect(readVectors(join(folder, 'v.fbins'))).rejects.toThrow(
    /unknown extension ".fbins"; nearest: ".fbin"; known: .*\.ivecs/,
  );
  await expect(readVectors(join(folder, 'fbin'))).rejects.toThrow(/no extension; known/);
  await expect(readVectors(join(folder, 'absent.fbin'))).rejects.toThrow(/absent.fbin: there is no such file/);
  await expect(readVectors(folder)).rejects.toThrow(UsageError);
});

test('cuts rows into blocks that cover them once, at least a row each', () => {
  expect([...rowBlocks(5, blockBytes * 2)]).toEqual([0, 1, 2, 3, 4].map((from) => [from, 1]));
  expect([...rowBlocks(5, blockBytes / 2)]).toEqual([
    [0, 2],
    [2, 2],
    [4, 1],
  ]);
  expect([...rowBlocks(3, 8)]).toEqual([[0, 3]]);
});

test('a full disk is the machine’s fault, and leaves no half file', async () => {
  const writing = writeWhole(join(folder, 'v.fbin'), () => writeFile('/dev/full', 'x'));
  await expect(writing).rejects.toThrow(MachineError);
  await expect(writing).rejects.toThrow(/cannot write .*v\.fbin: the disk is full\n {2}to mend it: make room/);
  expect(await readdir(folder)).toEqual([]);
});
