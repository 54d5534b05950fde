/** Ways to draw datasets and queries: candidates/player/learned-lookup/draw.hpp. */
export type Distribution = 'uniform' | 'hard' | 'zipf' | 'sphere' | 'rows';

/** Textbook structures that candidates/referee/learned-lookup/baselines.hpp has. */
export type Baseline = 'binary-search' | 'interpolation-search' | 'k-d-tree' | 'sim-hash' | 'bucketing';

/** What is learned (Salemohamed et al. 2024, sections 2 and 3), and which part is taken away in an ablation. */
export interface Problem {
  readonly distribution: Distribution;
  /** N */
  readonly points: number;
  /** d */
  readonly dimension: number;
  /** M */
  readonly lookups: number;
  /** T */
  readonly extra: number;
  /** `frozen`: the ranker stays as it was drawn; `no-permute`: what it says of a point is stored in its place; `non-adaptive`: no history. */
  readonly without?: 'frozen' | 'no-permute' | 'non-adaptive';
}

/** How large the models are, and how long they are trained. */
export interface Scale {
  /** Of the ranker: embedding, heads, blocks. */
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
  /** Of a query model's hidden layers. */
  readonly hidden: number;
  readonly steps: number;
  /** Datasets a step, and queries of each. */
  readonly datasets: number;
  readonly queries: number;
  readonly weightDecay: number;
}

/** As both programs name it. */
export function problemSettings({ distribution, points, dimension, lookups, extra, without }: Problem) {
  return {
    distribution,
    points,
    dimension,
    lookups,
    extra,
    permute: without === 'no-permute' ? 0 : 1,
    adaptive: without === 'non-adaptive' ? 0 : 1,
  };
}

/** For the training, besides its seed. */
export function trainingSettings(problem: Problem, { weightDecay, ...scale }: Scale) {
  const frozen = problem.without === 'frozen';
  return { ...problemSettings(problem), ...scale, 'weight-decay': weightDecay, 'train-ranker': frozen ? 0 : 1 };
}
