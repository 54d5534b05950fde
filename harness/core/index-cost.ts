/** What a graph index costs besides its queries. */
export interface GraphCost {
  /** Wall seconds of construction, all granted threads; cached builds keep the figure of the build that was paid for. */
  readonly buildSeconds: number;
  /** Wall seconds in which search and refinement laid out their own data. */
  readonly prepareSeconds: number;
  /** Graph plus the anonymous memory that search and refinement hold, without the base vectors. */
  readonly indexBytes: number;
  /** Most memory the player held until it had prepared, base vectors and their file included; older journals lack it. */
  readonly peakBytes?: number;
  /** The same of the process that built the graph. */
  readonly buildPeakBytes?: number;
}

/** What a learned index costs besides its queries: means over its training seeds. What a target has not is absent. */
export interface LearnedCost {
  /** Wall seconds of one training, one thread, from where it last went on; cached trainings keep the figure of the one that was paid for. */
  readonly trainSeconds: number;
  /** Of the weights that the serving program loads. */
  readonly modelBytes: number;
  /** Multiply-adds of the model a query. */
  readonly multiplyAdds?: number;
  /** Stored vectors over base vectors: 1 where nothing is stored twice. */
  readonly copies?: number;
  /** Points of the largest bin, cluster or leaf over the mean. */
  readonly largestBin?: number;
  /** Of the serving program, one thread: how fast it routes, and not how fast vectors are compared. */
  readonly queriesPerSecond?: number;
}

export type IndexCost = GraphCost | LearnedCost;

export function isGraphCost(cost: IndexCost): cost is GraphCost {
  return 'buildSeconds' in cost;
}

/** A graph's cost, where it is one: what the caps on later builds are relative to. */
export function graphCostOf(cost: IndexCost | undefined): GraphCost | undefined {
  return cost && isGraphCost(cost) ? cost : undefined;
}

/** One figure of a cost for people: `train`, `12.3 s`. */
export interface CostFigure {
  readonly name: string;
  readonly text: string;
}

export function costFigures(cost: IndexCost): CostFigure[] {
  if (isGraphCost(cost)) {
    const { buildSeconds, prepareSeconds, indexBytes } = cost;
    return [
      { name: 'build', text: `${buildSeconds.toFixed(1)} s` },
      { name: 'prepare', text: `${prepareSeconds.toFixed(2)} s` },
      { name: 'index', text: `${(indexBytes / 2 ** 20).toFixed(1)} MiB` },
    ];
  }
  const { trainSeconds, modelBytes, multiplyAdds, copies, largestBin, queriesPerSecond } = cost;
  const whole = (value: number) => Math.round(value).toLocaleString('en-US');
  return [
    { name: 'train', text: `${trainSeconds.toFixed(1)} s` },
    { name: 'model', text: `${(modelBytes / 1024).toFixed(1)} KiB` },
    ...(multiplyAdds === undefined ? [] : [{ name: 'multiply-adds a query', text: whole(multiplyAdds) }]),
    ...(copies === undefined ? [] : [{ name: 'copies a vector', text: copies.toFixed(2) }]),
    ...(largestBin === undefined ? [] : [{ name: 'largest bin', text: `${largestBin.toFixed(2)}x the mean` }]),
    ...(queriesPerSecond === undefined ? [] : [{ name: 'routing', text: `${whole(queriesPerSecond)} queries/s` }]),
  ];
}
