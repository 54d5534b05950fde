/** The limits whose passing is the candidate's own failure, and how an amount of each is said. */
const amounts = {
  memory: mebibytes,
  'build-time': seconds,
  'index-bytes': mebibytes,
  'graph-degree': whole,
  disk: mebibytes,
  'train-time': seconds,
  /** Weights that a learned index loads to answer. */
  'model-bytes': (amount) => `${(amount / 1024).toFixed(1)} KiB`,
  parameters: whole,
  /** Of the model, a query. */
  'multiply-adds': whole,
  /** Stored vectors over base vectors. */
  copies: (amount) => `${amount.toFixed(3)} copies a vector`,
  /** Points of the largest bin over the mean. */
  'largest-bin': (amount) => `${amount.toFixed(3)}x the mean`,
  /** Points by which a leaf, bin or level is off its capacity. */
  balance: (amount) => `${whole(amount)} ${amount === 1 ? 'point' : 'points'}`,
  /** Bins, clusters or leaves asked for. */
  probes: whole,
  /** Positions asked for, an instance. */
  lookups: whole,
  /** Vectors appended to a data set. */
  'extra-space': whole,
} as const satisfies Record<string, (amount: number) => string>;

export type LimitedResource = keyof typeof amounts;

function mebibytes(amount: number): string {
  return `${(amount / 2 ** 20).toFixed(1)} MiB`;
}

function seconds(amount: number): string {
  return `${amount.toFixed(1)} s`;
}

function whole(amount: number): string {
  return Math.round(amount).toLocaleString('en-US');
}

export function describeAmount(resource: LimitedResource, amount: number): string {
  return amounts[resource](amount);
}
