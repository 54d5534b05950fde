import { createReadStream } from 'node:fs';
import { UsageError } from '../../harness/core/errors.ts';
import { writeWhole } from '../disk.ts';
import { bytesOf } from '../vectors.ts';

/*
 * Word vectors as wink's packages hold them: one JSON object of hundreds of megabytes, of which "vectors" has an array a word (the
 * values, then the length of the vector and the number of the word) and "dimensions" says how many of them are values.
 */
const [quote, backslash, comma, openBrace, closeBrace, openBracket, closeBracket] = [
  0x22, 0x5c, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d,
];

/**
 * Writes the vectors as fbin, in the file's order. Read as a stream: as one value it would take gigabytes.
 * @param dimension values of each vector
 * @throws UsageError where the file is not what it should be
 */
export async function wordVectorsToFbin(
  jsonPath: string,
  path: string,
  dimension: number,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (done: number) => void },
): Promise<number> {
  let count = 0;
  await writeWhole(path, async (file) => {
    const head = () => bytesOf(Int32Array.of(count, dimension));
    await file.writeFile(head());
    const block = new Float32Array(4096 * dimension);
    let filled = 0;
    for await (const text of arraysOf(jsonPath, 'vectors', signal, onBytes)) {
      const values = text.split(',', dimension + 1);
      if (values.length < dimension) {
        throw new UsageError(`${jsonPath}: vector ${count} has ${values.length} values, not ${dimension}`);
      }
      for (let n = 0; n < dimension; ++n) block[filled++] = Number(values[n]);
      ++count;
      if (filled === block.length) {
        await file.writeFile(bytesOf(block));
        filled = 0;
      }
    }
    if (count === 0) throw new UsageError(`${jsonPath} holds no "vectors"; download it again`);
    await file.writeFile(bytesOf(block.subarray(0, filled)));
    const bytes = head();
    await file.write(bytes, 0, bytes.length, 0);
  });
  return count;
}

/** The text between the brackets of every array in the object under `key` of the outermost object. */
async function* arraysOf(
  path: string,
  key: string,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): AsyncGenerator<string> {
  let depth = 0;
  let [inString, escaped] = [false, false];
  // The latest string at the outermost level, until a comma: the key that what follows belongs to.
  let name: Buffer[] = [];
  let array: Buffer[] | undefined;
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = 0; at < chunk.length; ++at) {
      const byte = chunk[at]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
        if (!inString && depth === 1) name.push(chunk.subarray(from, at));
        continue;
      }
      if (byte === quote) {
        inString = true;
        if (depth === 1) [name, from] = [[], at + 1];
      } else if (byte === openBrace) {
        ++depth;
      } else if (byte === closeBrace) {
        --depth;
      } else if (byte === openBracket) {
        if (++depth === 3 && Buffer.concat(name).toString() === key) [array, from] = [[], at + 1];
      } else if (byte === closeBracket) {
        --depth;
        if (array) {
          yield Buffer.concat([...array, chunk.subarray(from, at)]).toString('latin1');
          array = undefined;
        }
      } else if (byte === comma && depth === 1) {
        name = [];
      }
    }
    if (array) array.push(Buffer.from(chunk.subarray(from)));
    else if (inString && depth === 1) name.push(Buffer.from(chunk.subarray(from)));
    from = 0;
    done += chunk.length;
    onBytes(done);
  }
}
