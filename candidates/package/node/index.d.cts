/** Squared Euclidean distance, or 1 - cosine. */
export type Metric = 'euclidean' | 'angular';

/** `done` is in [0, 1] within the phase. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
}

export interface Calibration {
  /** Random rows held out to measure recall, at most 5 % of all; default 500. The index is built twice for it. */
  readonly queries?: number;
  /** Neighbours asked for; default 10. */
  readonly k?: number;
  /** Measure on these queries instead, which saves the second build: rows of `dimension` floats. */
  readonly sample?: Float32Array;
}

export interface BuildOptions {
  /** Values a row. */
  readonly dimension: number;
  /** Default `euclidean`. */
  readonly metric?: Metric;
  /** Default 0: all cores. */
  readonly threads?: number;
  /** For what is drawn at random; default 1. */
  readonly seed?: number | bigint;
  /** Most neighbours a node keeps; default 0: as in the campaign that found this index. */
  readonly maxDegree?: number;
  /** What `targetRecall` and `effortFor` go by; `false` leaves it out. */
  readonly calibration?: Calibration | false;
  /** A listener that throws ends the build, which is rejected with what it threw. */
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

export interface LoadOptions {
  /** Leave the vectors in the mapped file, which must not change meanwhile; default false: copied to huge pages, faster to search. */
  readonly mapped?: boolean;
  /** Do not sum the contents, which reads the whole file; ranges are checked all the same. */
  readonly skipChecksum?: boolean;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** How far to look: one of the two. */
export type Reach =
  /** More finds more and takes longer. */
  | { readonly effort: number; readonly targetRecall?: undefined }
  /** The least effort whose recall, by the lower end of its 95 % interval, reaches this. */
  | { readonly targetRecall: number; readonly effort?: undefined };

export type SearchOptions = Reach & {
  /** Neighbours asked for; default 10. */
  readonly k?: number;
  /** Default true. `false` leaves `distances` empty, and saves reading each neighbour's row once more. */
  readonly distances?: boolean;
};

export type BatchOptions = SearchOptions & {
  /** Default 0: all cores. */
  readonly threads?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
};

/** Closest first. Fewer than k where there are fewer rows. */
export interface Neighbours {
  /** Row numbers. */
  readonly ids: Uint32Array;
  /** Exact: squared Euclidean, or 1 - cosine. */
  readonly distances: Float32Array;
}

/** Rows of k: query i has ids[i * k] to ids[i * k + k - 1], filled up with `none` and Infinity. */
export interface Batch extends Neighbours {
  readonly count: number;
  readonly k: number;
  /** Where `countCompared` asked for it: how many rows each query was compared with. */
  readonly compared?: Uint32Array;
}

/** Recall at an effort, with its 95 % interval over queries. */
export interface CalibrationPoint {
  readonly effort: number;
  readonly recall: number;
  readonly low: number;
  readonly high: number;
}

export interface Info {
  /** Rows. */
  readonly count: number;
  readonly dimension: number;
  readonly metric: Metric;
  /** 0: not calibrated. */
  readonly calibrationK: number;
  readonly memoryBytes: number;
  readonly package: string;
  /** The instruction set that answers: `baseline`, `avx2` or `avx512`. */
  readonly level: string;
}

/**
 * Immutable; any number of searches may be under way. Errors have a `code`: BAD_ARGUMENT, BAD_FILE, IO, OUT_OF_MEMORY, CANCELLED,
 * UNSUPPORTED or INTERNAL. What a signal or a listener ends an operation with is passed on as it is.
 */
export declare class Index {
  private constructor();
  /** As `build`. */
  static build(data: Float32Array, options: BuildOptions): Promise<Index>;
  static load(path: string, options?: LoadOptions): Promise<Index>;
  readonly info: Info;
  readonly calibration: readonly CalibrationPoint[];
  /** The least effort whose lower bound reaches the recall. @throws RangeError naming the best that can be promised */
  effortFor(targetRecall: number, options?: { readonly k?: number }): CalibrationPoint;
  /** Off the event loop. */
  search(query: Float32Array, options: SearchOptions): Promise<Neighbours>;
  /** The quickest for one query: no thread is changed. */
  searchSync(query: Float32Array, options: SearchOptions): Neighbours;
  /** Off the event loop, on `threads` cores. */
  searchBatch(queries: Float32Array, options: BatchOptions): Promise<Batch>;
  /** `countCompared`: trained indexes alone count the rows that they compare. */
  searchBatchSync(
    queries: Float32Array,
    options: SearchOptions & { readonly threads?: number; readonly countCompared?: boolean },
  ): Batch;
  /** Atomic: what was at `path` stays until the new file is whole. */
  save(path: string): Promise<void>;
  /** Gives the memory back at once and not when the garbage collector comes; searches under way end first. */
  close(): void;
}

/** Builds an index over rows of `dimension` floats, off the event loop. Rows must neither change nor be transferred until it is done. */
export declare function build(data: Float32Array, options: BuildOptions): Promise<Index>;

/** The id that stands where fewer than k rows exist. */
export declare const none: 0xffffffff;

/** The file of the index that was trained for this package, for `Index.load`; undefined where it builds its own. */
export declare const trainedIndex: string | undefined;

/** The instruction set that this machine gets. */
export declare const level: string;

/** Name and version. */
export declare const packageName: string;
