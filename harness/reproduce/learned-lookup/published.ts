/** What the paper gives in numbers; of its curves there are only plots. */
export const published = {
  /** Shares of inputs in their sorted place, with a trained ranker and a frozen one (1D uniform). */
  sorted: [
    { where: 'paper, N=50', trained: 0.97, frozen: 0.38 },
    { where: 'NeurIPS 2025, N=100', trained: 0.995, frozen: 0.09 },
  ],
  /** Accuracy after the last lookup (2D uniform). */
  plane: { where: 'NeurIPS 2025, N=100, M=6', learned: 0.75, tree: 0.52 },
  /** Accuracy by extra values (1D uniform, N=50, M=2; NeurIPS 2025). */
  extraSpace: {
    learned: [
      [0, 0.44],
      [2, 0.479],
      [4, 0.52],
      [8, 0.588],
      [16, 0.719],
      [32, 0.753],
      [64, 0.884],
      [128, 0.913],
    ],
    bucketing: [
      [2, 0.059],
      [4, 0.117],
      [8, 0.236],
      [16, 0.445],
      [32, 0.658],
      [64, 0.811],
      [128, 0.895],
    ],
  },
} as const;
