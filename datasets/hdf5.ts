import type { Dataset, File } from 'h5wasm';
import { UsageError } from '../harness/core/errors.ts';
import { InputFile } from './formats/input-file.ts';
import { type NpyType, npyTypes } from './formats/npy-types.ts';
import type { GivenTruth } from './given-truth.ts';
import type { MetricName } from './metric-name.ts';
import type { OpenDataset } from './source.ts';
import type { VectorReader } from './vector-reader.ts';

/*
 * The layout of ann-benchmarks (Aumüller, Bernhardsson & Faithfull 2020): datasets `train`, `test`, `neighbors` and `distances`, and
 * an attribute `distance` that names the metric. h5wasm reads only the rows that are asked for, so a file may be larger than memory.
 */
const signature = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/** Endings that mean HDF5. */
export const hdf5Formats = ['hdf5', 'h5'] as const;

export function isHdf5(path: string): boolean {
  return hdf5Formats.some((format) => path.toLowerCase().endsWith(`.${format}`));
}

export interface OpenHdf5 extends OpenDataset {
  /** What the file says its metric is; undefined where it says nothing. */
  readonly metric: MetricName | undefined;
}

/** @throws UsageError where the file is no HDF5, is cut short, or has another layout */
export async function openHdf5(path: string): Promise<OpenHdf5> {
  await requireSignature(path);
  const { ready, File } = await import('h5wasm/node');
  // Else the library prints its errors, and goes on with nothing in its hands.
  (await ready).activate_throwing_error_handler();
  const file = attempt(path, 'opened', () => new File(path, 'r'));
  const close = async () => {
    file.close();
  };
  try {
    const base = rowsIn(path, file, 'train');
    const queries = rowsIn(path, file, 'test');
    const truth = file.keys().includes('neighbors') ? neighboursIn(path, file) : undefined;
    return { base, queries, metric: metricIn(path, file), ...(truth && { truth }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function requireSignature(path: string): Promise<void> {
  const file = await InputFile.open(path);
  try {
    const head = new Uint8Array((await file.head(signature.length)).buffer);
    if (signature.every((byte, at) => head[at] === byte)) return;
  } finally {
    await file.close();
  }
  throw new UsageError(`${path} is no HDF5 file: it does not start with HDF5's signature; is its extension right?`);
}

/** The library's errors are many lines, of which the last says what is wrong. */
function attempt<T>(path: string, verb: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const lines = String((cause as Error).message ?? cause).split('\n');
    const reasons = lines.flatMap((line) => /in [\w]+\(\): (.*)$/.exec(line)?.[1] ?? []);
    const reason = reasons.find((one) => one.includes('truncated')) ?? reasons.at(-1) ?? lines[0];
    throw new UsageError(`${path} cannot be ${verb}: ${reason}; download or convert it again`, { cause });
  }
}

function tableIn(path: string, file: File, name: string): { table: Dataset; rows: number; columns: number } {
  const found = attempt(path, 'read', () => (file.keys().includes(name) ? file.get(name) : null));
  if (!(found && 'slice' in found)) {
    const there = file.keys().join(', ') || 'nothing';
    throw new UsageError(`${path} has no dataset "${name}" but ${there}; ann-benchmarks' layout is train and test`);
  }
  const { shape } = found;
  const [rows, columns] = shape ?? [];
  if (shape?.length !== 2 || !rows || !columns) {
    throw new UsageError(
      `${path}: "${name}" has the shape (${shape?.join(', ') ?? ''}); vectors are the rows of a two-dimensional dataset`,
    );
  }
  return { table: found, rows, columns };
}

function rowsIn(path: string, file: File, name: string): VectorReader {
  const { table, rows: count, columns: dimension } = tableIn(path, file, name);
  const what = `${path}, ${name}`;
  const { type, bytes } = typeOf(what, table);
  return {
    what,
    count,
    dimension,
    rowBytes: dimension * bytes,
    async read(from, rows) {
      const values = attempt(path, 'read', () => table.slice([[from, from + rows], []])) as NodeJS.TypedArray;
      const place = (n: number) => `${what}, row ${from + Math.floor(n / dimension)}, column ${n % dimension}`;
      return type.decode(values.buffer as ArrayBuffer, rows * dimension, place);
    },
    // The file is closed once, for all that lies in it.
    close: async () => {},
  };
}

function typeOf(what: string, { metadata }: Dataset): { type: NpyType; bytes: number } {
  const { type, size, signed, littleEndian } = metadata;
  const kind = type === 1 ? 'f' : type === 0 ? (signed ? 'i' : 'u') : '?';
  const known = kind === 'f' && size < 4 ? undefined : npyTypes[`${kind}${size}`];
  if (known && (littleEndian || size === 1)) return { type: known, bytes: size };
  throw new UsageError(
    `${what} holds values of type ${littleEndian ? '<' : '>'}${kind}${size}; little-endian float32, float64 and integers up to 32 bits are read`,
  );
}

function neighboursIn(path: string, file: File): GivenTruth {
  const { table, rows, columns } = tableIn(path, file, 'neighbors');
  return {
    what: `${path}, neighbors`,
    queryCount: rows,
    k: columns,
    async read(query) {
      const ids = attempt(path, 'read', () => table.slice([[query, query + 1], []])) as Iterable<number | bigint>;
      return Array.from(ids, Number);
    },
    close: async () => {},
  };
}

function metricIn(path: string, file: File): MetricName | undefined {
  const value = attempt(path, 'read', () => file.attrs.distance?.value);
  if (value === undefined || value === 'euclidean' || value === 'angular') return value;
  throw new UsageError(`${path} is for the metric "${String(value)}"; euclidean and angular are what Annvil knows`);
}
