/** One index that a scale trains: bins on the first level, and in each of those on the second; 1: there is none. */
export interface Shape {
  readonly bins: number;
  readonly second: number;
}

/** How large a Neural LSH is made, and what its training is granted. */
export interface Scale {
  /** Base rows at most, drawn at random where there are more. */
  readonly rows: number;
  readonly shapes: readonly Shape[];
  /** What a reproduction measures besides, against k-means only: figures that a scale is not meant to reach, for the record. */
  readonly beyond: readonly Shape[];
  /** Of a hidden layer. */
  readonly width: number;
  readonly epochs: number;
  readonly batch: number;
  /** CPU seconds a training may take. */
  readonly limitSeconds: number;
  readonly memoryMebibytes: number;
  readonly modelBytes: number;
  /** Of the routers, a query; 0: not limited. The paper's own network needs more than comparing a query with all centroids would. */
  readonly multiplyAdds: number;
}

const oneLevel = (bins: number): Shape => ({ bins, second: 1 });

export const scales: Readonly<Record<string, Scale>> = {
  /** For tests: one index in seconds, every gate on. */
  tiny: {
    rows: 3000,
    shapes: [oneLevel(8)],
    beyond: [],
    width: 32,
    epochs: 4,
    batch: 64,
    limitSeconds: 20,
    memoryMebibytes: 4096,
    modelBytes: 2 ** 18,
    multiplyAdds: 2 ** 18,
  },
  /** An evaluation in seconds. */
  campaign: {
    rows: 20_000,
    shapes: [oneLevel(16)],
    beyond: [],
    width: 256,
    epochs: 5,
    batch: 256,
    limitSeconds: 240,
    memoryMebibytes: 8192,
    modelBytes: 4 * 2 ** 20,
    multiplyAdds: 2 ** 20,
  },
  small: {
    rows: 100_000,
    shapes: [oneLevel(16), oneLevel(64)],
    beyond: [oneLevel(256)],
    width: 256,
    epochs: 6,
    batch: 256,
    limitSeconds: 1800,
    memoryMebibytes: 8192,
    modelBytes: 4 * 2 ** 20,
    multiplyAdds: 0,
  },
  /** For a machine with time to spare: the paper's bins over as much as there is. */
  large: {
    rows: 1_000_000,
    shapes: [oneLevel(256)],
    beyond: [],
    width: 512,
    epochs: 6,
    batch: 512,
    limitSeconds: 36_000,
    memoryMebibytes: 24_576,
    modelBytes: 16 * 2 ** 20,
    multiplyAdds: 0,
  },
  /** Dong et al., ICLR 2020, section 4 and appendix: width 512, some 35 epochs of batch 64; 256 x 256 bins over two levels. */
  paper: {
    rows: 2_000_000,
    shapes: [oneLevel(16), oneLevel(64), oneLevel(256), { bins: 256, second: 256 }],
    beyond: [],
    width: 512,
    epochs: 35,
    batch: 64,
    limitSeconds: 600_000,
    memoryMebibytes: 65_536,
    modelBytes: 2 ** 30,
    multiplyAdds: 0,
  },
};

export function binsOf({ bins, second }: Shape): number {
  return bins * second;
}

/** `m=16`, or `m=256x256`. */
export function nameOf({ bins, second }: Shape): string {
  return second > 1 ? `m=${bins}x${second}` : `m=${bins}`;
}

/** First-level bins whose second level a query reaches. */
export function branchesOf({ bins }: Shape): number {
  return Math.min(bins, 32);
}

/** Bins probed: each number up to 16, then by tenths more, up to all or some thousands. */
export function effortsOf(shape: Shape): number[] {
  const most = Math.min(binsOf(shape), 4096);
  const efforts: number[] = [];
  for (let effort = 1; effort < most; effort = effort < 16 ? effort + 1 : Math.ceil(effort * 1.1)) efforts.push(effort);
  return [...efforts, most];
}
