/** The recall that a pass over some queries found at an effort. */
export interface Probe {
  readonly effort: number;
  readonly recall: number;
}

/**
 * Probes by ascending effort with recall made non-decreasing: recall grows with effort, so where noise says otherwise the
 * neighbours are averaged (isotonic regression by pooling adjacent violators; Barlow et al. 1972). Of two probes of one effort
 * the later counts.
 */
export function monotoneProbes(measured: readonly Probe[]): Probe[] {
  const byEffort = new Map(measured.map((probe) => [probe.effort, probe.recall]));
  const pools: { recall: number; efforts: number[] }[] = [];
  for (const [effort, recall] of [...byEffort].sort(([a], [b]) => a - b)) {
    let pool = { recall, efforts: [effort] };
    for (let before = pools.at(-1); before && before.recall > pool.recall; before = pools.at(-1)) {
      const efforts = [...before.efforts, ...pool.efforts];
      const total = before.recall * before.efforts.length + pool.recall * pool.efforts.length;
      pool = { recall: total / efforts.length, efforts };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap(({ recall, efforts }) => efforts.map((effort) => ({ effort, recall })));
}
