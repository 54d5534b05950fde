import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVectors, vectorFormats } from './formats.ts';
import { readImages } from './idx.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Three vectors of dimension five that every element type can hold. */
const vectors = { count: 3, dimension: 5, data: Float32Array.from({ length: 15 }, (_, index) => (index * 7) % 120) };

describe.each(Object.keys(vectorFormats))('%s', (extension) => {
  const path = (name: string) => join(folder, `${name}.${extension}`);

  it('reads back what it wrote', async () => {
    await vectorFormats[extension]!.write(path('whole'), vectors);
    expect(await readVectors(path('whole'))).toEqual(vectors);
  });

  it('refuses a truncated file, naming it', async () => {
    await vectorFormats[extension]!.write(path('short'), vectors);
    const { length } = await readFile(path('short'));
    await truncate(path('short'), length - 3);
    await expect(readVectors(path('short'))).rejects.toThrow(/short\..*truncated/s);
  });

  it('refuses an empty file', async () => {
    await writeFile(path('empty'), '');
    await expect(readVectors(path('empty'))).rejects.toThrow(/too few/);
  });

  it('refuses a file of another format', async () => {
    await writeFile(path('text'), 'these are no vectors at all, but a sentence of text');
    await expect(readVectors(path('text'))).rejects.toThrow(/format|truncated/);
  });
});

it('keeps negative and fractional values where the type can', async () => {
  const signed = { count: 1, dimension: 2, data: Float32Array.from([-128, 127]) };
  await vectorFormats.i8bin!.write(join(folder, 'signed.i8bin'), signed);
  expect((await readVectors(join(folder, 'signed.i8bin'))).data).toEqual(signed.data);
  const fractional = { count: 1, dimension: 2, data: Float32Array.from([-0.25, 1e-7]) };
  await vectorFormats.fvecs!.write(join(folder, 'fractional.fvecs'), fractional);
  expect((await readVectors(join(folder, 'fractional.fvecs'))).data).toEqual(fractional.data);
});

it('refuses rows whose dimensions differ, naming the row', async () => {
  const bytes = Buffer.alloc(2 * (4 + 2));
  bytes.writeInt32LE(2, 0);
  bytes.writeInt32LE(3, 6);
  await writeFile(join(folder, 'mixed.bvecs'), bytes);
  await expect(readVectors(join(folder, 'mixed.bvecs'))).rejects.toThrow(/row 1 says dimension 3, the first said 2/);
});

it('names the nearest known extension', async () => {
  await expect(readVectors('base.fvec')).rejects.toThrow(/nearest: fvecs/);
});

it('says which file is missing', async () => {
  await expect(readVectors(join(folder, 'absent.fbin'))).rejects.toThrow(/cannot read .*absent\.fbin/);
});

describe('IDX images', () => {
  const header = (magic: number, count: number) => {
    const bytes = Buffer.alloc(16);
    [magic, count, 1, 2].forEach((value, index) => {
      bytes.writeUInt32BE(value, index * 4);
    });
    return bytes;
  };

  it('reads pixels as vectors', async () => {
    await writeFile(join(folder, 'images'), Buffer.concat([header(0x803, 2), Buffer.from([1, 2, 3, 255])]));
    expect(await readImages(join(folder, 'images'))).toEqual({
      count: 2,
      dimension: 2,
      data: Float32Array.from([1, 2, 3, 255]),
    });
  });

  it('refuses labels and truncated images', async () => {
    await writeFile(join(folder, 'labels'), Buffer.concat([header(0x801, 2), Buffer.from([1, 2, 3, 255])]));
    await expect(readImages(join(folder, 'labels'))).rejects.toThrow(/no IDX file of images/);
    await writeFile(join(folder, 'cut'), Buffer.concat([header(0x803, 2), Buffer.from([1, 2, 3])]));
    await expect(readImages(join(folder, 'cut'))).rejects.toThrow(/take 20 bytes, the file has 19/);
  });
});
