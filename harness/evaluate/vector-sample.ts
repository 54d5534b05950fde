import { open, writeFile } from 'node:fs/promises';

/** Where a prepared vector file (candidates/player/mapping.hpp) says what it holds, in bytes. */
const file = { header: 4096, count: 12, stride: 20 };

/** Writes the first `rows` rows of a prepared vector file, or all that it has, as another one. */
export async function sampleVectors(source: string, rows: number, target: string): Promise<void> {
  const from = await open(source, 'r');
  try {
    const header = Buffer.alloc(file.header);
    await from.read(header, 0, header.length, 0);
    const count = Math.min(rows, header.readUInt32LE(file.count));
    header.writeUInt32LE(count, file.count);
    const data = Buffer.alloc(count * header.readUInt32LE(file.stride) * 4);
    await from.read(data, 0, data.length, file.header);
    await writeFile(target, Buffer.concat([header, data]));
  } finally {
    await from.close();
  }
}
