import type { MeanPoint } from '../../evaluate/learned/examination.ts';
import { type Examination, meanCurve } from '../../evaluate/learned/examination.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import type { Headers } from '../../evaluate/learned/trained-index.ts';
import type { Settings } from '../../evaluate/learned/training.ts';
import type { ReproductionBench } from '../reproduction.ts';

/** One way to grow trees, with what stood after each cycle kept: its headers and how many trees. */
export interface Trial {
  readonly headers: Headers;
  readonly trees: number;
}

export interface Asked {
  /** After which cycle; absent: at the end. */
  readonly cycle?: number;
  /** How many of the trees, from the first; absent: all. */
  readonly trees?: number;
}

export interface CycleCurves {
  readonly cycle: number;
  /** By seed. */
  readonly curves: MeanPoint[][];
}

/** A case's training with other settings, examined in another way. */
function variant(learned: LearnedCase, settings: Settings, request: object): LearnedCase {
  return {
    ...learned,
    settings: { ...learned.settings, ...settings },
    examination: (queries) => ({ ...learned.examination(queries), ...request }),
  };
}

/** Examines trials, a seed each, on the final queries. */
export class Trials {
  readonly cycles: number;
  readonly #bench: ReproductionBench;
  readonly #learned: LearnedCase;

  constructor(bench: ReproductionBench, learned: LearnedCase) {
    this.#bench = bench;
    this.#learned = learned;
    this.cycles = Number(learned.settings.cycles);
  }

  /** By seed. */
  examined({ headers, trees }: Trial, asked: Asked = {}): Promise<Examination[]> {
    const kept = { snapshots: this.cycles + 1, trees, askedTrees: asked.trees ?? trees };
    const request = asked.cycle === undefined ? kept : { ...kept, cycle: asked.cycle };
    const learned = variant(this.#learned, { trees, snapshots: 1 }, request);
    return this.#bench.eachSeed((seed) => this.#bench.examined(headers, learned, seed));
  }

  async curves(trial: Trial, asked: Asked = {}): Promise<MeanPoint[][]> {
    return (await this.examined(trial, asked)).map(({ points }) => meanCurve(points));
  }

  /** One tree's curves after some cycles; cycle 0 is the classifier on the first tree. */
  byCycle(trial: Trial, cycles: readonly number[]): Promise<CycleCurves[]> {
    const one = async (cycle: number) => ({ cycle, curves: await this.curves(trial, { cycle, trees: 1 }) });
    return Promise.all(cycles.map(one));
  }

  /** A baseline of the referee's, `kmeans` or `tree-kmeans`, with as many leaves. */
  async baseline(method: string): Promise<MeanPoint[][]> {
    const seeds = await this.#bench.eachSeed((seed) =>
      this.#bench.trusted({ ...this.#learned.baseline('final', seed), method }),
    );
    return seeds.map(({ points }) => meanCurve(points));
  }
}
