import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exactNeighbours } from '../../../datasets/ground-truth.ts';
import type { PreparedDataset } from '../../../datasets/prepared.ts';
import { type RowPick, writeRows } from '../../../datasets/subset.ts';
import { readGroundTruth, writeGroundTruth } from '../../../datasets/truth-file.ts';
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
    const path = this.#neighboursPath(hash);
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

  /**
   * Under squared_l2, the exact nearest row of `base` for each of its own rows, which does not count itself, and then for each of `queries` (.atru).
   */
  async nearestOthers(base: VectorSource, queries: VectorSource): Promise<VectorSource> {
    const hash = hashOf('nearest others', base.hash, queries.hash).slice(0, 32);
    const path = this.#neighboursPath(hash);
    const count = base.count + queries.count;
    if (!existsSync(path)) {
      const own = await readGroundTruth((await this.neighbours(base, base, 2)).path);
      const theirs = await readGroundTruth((await this.neighbours(base, queries, 1)).path);
      const nearest = { queryCount: count, k: 1, ids: new Uint32Array(count), distances: new Float32Array(count) };
      for (let row = 0; row < base.count; ++row) {
        // Of equal rows another may come first.
        const at = 2 * row + (own.ids[2 * row] === row ? 1 : 0);
        nearest.ids[row] = own.ids[at]!;
        nearest.distances[row] = own.distances[at]!;
      }
      nearest.ids.set(theirs.ids, base.count);
      nearest.distances.set(theirs.distances, base.count);
      await writeGroundTruth(path, nearest, base.count, 'squared_l2');
    }
    return { path, hash, count };
  }

  #neighboursPath(hash: string): string {
    return join(this.cacheDir, 'learned', 'neighbours', `${hash}.atru`);
  }

  #step(message: string): void {
    this.#progress.event({ type: 'step', message });
  }
}
