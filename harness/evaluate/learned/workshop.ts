import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exactNeighbours } from '../../../datasets/ground-truth.ts';
import type { PreparedDataset } from '../../../datasets/prepared.ts';
import { type RowPick, writeRows } from '../../../datasets/subset.ts';
import type { ProgressView } from '../../core/progress.ts';
import { hashOf, type Toolchain } from '../toolchain.ts';

/** A prepared vector file in the cache, named by what it holds. */
export interface VectorSource {
  readonly path: string;
  /** Stands for the rows. */
  readonly hash: string;
  readonly count: number;
}

/** What a learned target prepares its data with; all that it makes lies in the cache, by content, and is made once. */
export class Workshop {
  readonly cacheDir: string;
  readonly toolchain: Toolchain;
  readonly #truthBinary: string;
  readonly #progress: ProgressView;
  readonly #signal: AbortSignal | undefined;

  constructor(parts: {
    readonly cacheDir: string;
    readonly toolchain: Toolchain;
    /** candidates/referee/truth.cpp, compiled. */
    readonly truthBinary: string;
    readonly progress: ProgressView;
    readonly signal?: AbortSignal | undefined;
  }) {
    this.cacheDir = parts.cacheDir;
    this.toolchain = parts.toolchain;
    this.#truthBinary = parts.truthBinary;
    this.#progress = parts.progress;
    this.#signal = parts.signal;
  }

  base(dataset: PreparedDataset): VectorSource {
    return { path: dataset.basePath, hash: `${dataset.hash} base`, count: dataset.count };
  }

  queries(dataset: PreparedDataset): VectorSource {
    return { path: dataset.queriesPath, hash: `${dataset.hash} queries`, count: dataset.queryCount };
  }

  /**
   * Rows of a vector file as another: a run of them in an order drawn by `pick.seed`, each `pick.copies` times, with Gaussian noise where wanted.
   */
  async rows(source: VectorSource, pick: RowPick): Promise<VectorSource> {
    const hash = hashOf(source.hash, JSON.stringify(pick)).slice(0, 32);
    const path = join(this.cacheDir, 'learned', 'vectors', `${hash}.avec`);
    if (!existsSync(path)) {
      this.#step(`drawing ${pick.count * (pick.copies ?? 1)} vectors`);
      await writeRows(source.path, pick, path);
    }
    return { path, hash, count: pick.count * (pick.copies ?? 1) };
  }

  /** The exact k nearest rows of `base` for each of `queries` (.atru); computed on all cores. A row of `base` itself counts too. */
  async neighbours(base: VectorSource, queries: VectorSource, k: number): Promise<VectorSource> {
    const hash = hashOf('neighbours', base.hash, queries.hash, String(k)).slice(0, 32);
    const path = join(this.cacheDir, 'learned', 'neighbours', `${hash}.atru`);
    if (!existsSync(path)) {
      this.#step(`exact ${k} nearest of ${queries.count} among ${base.count}`);
      await exactNeighbours({
        binary: this.#truthBinary,
        basePath: base.path,
        queriesPath: queries.path,
        outPath: path,
        k,
        onProgress: (done, total) =>
          this.#progress.event({ type: 'progress', message: 'exact neighbours', done, total }),
        ...(this.#signal && { signal: this.#signal }),
      });
    }
    return { path, hash, count: queries.count };
  }

  #step(message: string): void {
    this.#progress.event({ type: 'step', message });
  }
}
