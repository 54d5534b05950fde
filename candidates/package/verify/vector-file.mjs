import { readFile } from 'node:fs/promises';

/** Readers of vector files: rows become float32, { count, dimension, data }. */
const readers = {
  fvecs: (bytes) => vecs(bytes, 4, (view, at) => view.getFloat32(at, true)),
  bvecs: (bytes) => vecs(bytes, 1, (view, at) => view.getUint8(at)),
  fbin: (bytes) => bin(bytes, 4, (view, at) => view.getFloat32(at, true)),
  u8bin: (bytes) => bin(bytes, 1, (view, at) => view.getUint8(at)),
  i8bin: (bytes) => bin(bytes, 1, (view, at) => view.getInt8(at)),
  npy,
  'idx3-ubyte': idx,
};

export const endings = Object.keys(readers);

/** @throws Error naming the file, and what it should be */
export async function readVectors(path) {
  const ending = endings.find((known) => path.endsWith(`.${known}`) || path.endsWith(`-${known}`));
  if (!ending) throw new Error(`${path}: its name ends in none of ${endings.join(', ')}`);
  const bytes = await readFile(path);
  try {
    return readers[ending](bytes);
  } catch (error) {
    throw new Error(`${path} is no ${ending} file: ${error.message}`, { cause: error });
  }
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function require(holds, what) {
  if (!holds) throw new Error(what);
}

/** texmex: each row begins with its dimension. */
function vecs(bytes, size, get) {
  const view = viewOf(bytes);
  const dimension = view.getInt32(0, true);
  const rowBytes = 4 + dimension * size;
  require(dimension > 0 && bytes.length % rowBytes === 0, `${bytes.length} bytes are no rows of ${dimension}`);
  const count = bytes.length / rowBytes;
  const data = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    require(view.getInt32(row * rowBytes, true) === dimension, `row ${row} has another dimension`);
    for (let n = 0; n < dimension; n++) data[row * dimension + n] = get(view, row * rowBytes + 4 + n * size);
  }
  return { count, dimension, data };
}

/** big-ann: count and dimension, then the rows. */
function bin(bytes, size, get) {
  const view = viewOf(bytes);
  const [count, dimension] = [view.getUint32(0, true), view.getUint32(4, true)];
  require(bytes.length === 8 + count * dimension * size, `${bytes.length} bytes are not ${count} rows of ${dimension}`);
  return {
    count,
    dimension,
    data: Float32Array.from({ length: count * dimension }, (_, n) => get(view, 8 + n * size)),
  };
}

/** NumPy's: float32, two axes, in C's order. */
function npy(bytes) {
  const view = viewOf(bytes);
  require(bytes.subarray(0, 6).toString('latin1') === '\x93NUMPY', 'it does not begin as one');
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const head = bytes.subarray(start, start + length).toString('latin1');
  const shape = /'shape': \((\d+), (\d+)\)/.exec(head);
  require(shape && head.includes("'<f4'") && head.includes("'fortran_order': False"), `its header is ${head.trim()}`);
  const [count, dimension] = [Number(shape[1]), Number(shape[2])];
  const body = bytes.subarray(start + length);
  require(body.length === count * dimension * 4, `it has ${body.length} bytes of values`);
  return { count, dimension, data: new Float32Array(Uint8Array.from(body).buffer) };
}

/** MNIST's images of unsigned bytes: an image is a row. */
function idx(bytes) {
  const view = viewOf(bytes);
  const [count, dimension] = [view.getUint32(4), view.getUint32(8) * view.getUint32(12)];
  require(view.getUint32(0) === 0x803 && bytes.length === 16 + count * dimension, 'its header does not fit');
  return { count, dimension, data: new Float32Array(bytes.subarray(16)) };
}
