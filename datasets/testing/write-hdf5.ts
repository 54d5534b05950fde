export interface Table {
  readonly data: Float32Array | Float64Array | Int8Array | Int32Array | BigInt64Array;
  readonly shape: readonly number[];
  /** Stored in chunks of this shape, compressed. */
  readonly chunks?: readonly number[];
}

/** What a file of ann-benchmarks holds. */
export interface BenchmarkTables {
  readonly train?: Table;
  readonly test?: Table;
  readonly neighbors?: Table;
  readonly distances?: Table;
  readonly distance?: string;
}

/** Writes a file in ann-benchmarks' layout, as its create_dataset.py does through h5py. */
export async function writeHdf5(path: string, { distance, ...tables }: BenchmarkTables): Promise<void> {
  const { ready, File } = await import('h5wasm/node');
  await ready;
  const file = new File(path, 'w');
  try {
    if (distance !== undefined) {
      file.create_attribute('type', 'dense');
      file.create_attribute('distance', distance);
    }
    for (const [name, { data, shape, chunks }] of Object.entries(tables)) {
      const packed = chunks ? { chunks: [...chunks], compression: 'gzip' as const } : {};
      file.create_dataset({ name, data, shape: [...shape], ...packed });
    }
  } finally {
    file.close();
  }
}
