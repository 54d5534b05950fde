/** The size of one balanced-tree case: shape of the tree, of the router and of its training. Names as the training's settings are called. */
export interface TreeSettings {
  readonly branching: number;
  readonly height: number;
  readonly trees: number;
  /** Of alternation: tree updates; the classifier is fitted once more. */
  readonly cycles: number;
  /** Passes over the training pairs a cycle. */
  readonly epochs: number;
  readonly batch: number;
  readonly 'learning-rate': number;
  readonly width: number;
  readonly hidden: number;
  readonly heads: number;
  readonly feed: number;
}

/** What a scale trains on. */
export interface TreeScale {
  readonly cases: readonly TreeSettings[];
  /** Base rows; absent: all there are. */
  readonly rows?: number;
  /** Training queries, as a share of the base. */
  readonly queryShare: number;
  /** Evaluation queries, of which a half is for selection. */
  readonly queries: number;
  /** CPU seconds a training may take. */
  readonly limitSeconds: number;
}

/** The paper's router: encoder d-1024-256, width 256, 8 heads, feed-forward 1024, Adam 1e-4, batches of 256. */
const paper: Omit<TreeSettings, 'branching' | 'height'> = {
  trees: 4,
  cycles: 20,
  epochs: 2,
  batch: 256,
  'learning-rate': 1e-4,
  width: 256,
  hidden: 1024,
  heads: 8,
  feed: 1024,
};

const small: TreeSettings = {
  branching: 16,
  height: 2,
  trees: 4,
  cycles: 12,
  epochs: 2,
  batch: 64,
  'learning-rate': 2e-3,
  width: 64,
  hidden: 128,
  heads: 8,
  feed: 256,
};

/** How many nearest of each training query make pairs (the paper's 100). */
export const pairsAQuery = 100;

export const treeScales: Readonly<Record<string, TreeScale>> = {
  campaign: {
    cases: [{ ...small, branching: 8, trees: 3, cycles: 4 }],
    rows: 10_000,
    queryShare: 0.2,
    queries: 4000,
    limitSeconds: 240,
  },
  small: { cases: [small], rows: 20_000, queryShare: 0.2, queries: 4000, limitSeconds: 900 },
  /** As `small`, on everything there is: for the comparison with k-means at 500,000 vectors and more. */
  large: {
    cases: [{ ...small, batch: 256, width: 128, hidden: 256, feed: 512, cycles: 10 }],
    queryShare: 0.05,
    queries: 4000,
    limitSeconds: 4 * 3600,
  },
  paper: {
    cases: [
      { ...paper, branching: 64, height: 2 },
      { ...paper, branching: 16, height: 3 },
      { ...paper, branching: 8, height: 4 },
    ],
    queryShare: 0.01,
    queries: 10_000,
    limitSeconds: 48 * 3600,
  },
};
