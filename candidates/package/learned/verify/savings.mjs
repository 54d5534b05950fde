/** Costs at recalls, and whether two counts of one index are the same. */

/** What a sum in another order may move: a query or two in thousands. */
const allowed = { recall: 0.002, cost: 0.005 };

/** Points that no other is at least as good as in both, by rising recall. */
function frontier(curve) {
  const points = [];
  for (const point of [...curve].sort((a, b) => b.recall - a.recall || a.cost - b.cost)) {
    if (points.length === 0 || point.cost < points.at(-1).cost) points.push(point);
  }
  return points.reverse();
}

/** Interpolated in log-cost; the cheapest point's where that is better than asked, undefined where the curve ends below. */
export function costAt(curve, recall) {
  const points = frontier(curve);
  const right = points.findIndex((point) => point.recall >= recall);
  if (right <= 0) return points[right]?.cost;
  const [below, above] = [points[right - 1], points[right]];
  const share = (recall - below.recall) / (above.recall - below.recall);
  return Math.exp(Math.log(below.cost) + share * (Math.log(above.cost) - Math.log(below.cost)));
}

/** Mean over recalls of ln(baseline's cost / cost). */
export function meanSaving(curve, baseline, recalls) {
  const savings = recalls.map((recall) => Math.log(costAt(baseline, recall) / costAt(curve, recall)));
  return savings.reduce((sum, saving) => sum + saving, 0) / recalls.length;
}

/** Where a count differs from what is stated, in words. */
export function faultsOf(stated, measured) {
  return stated.flatMap(({ effort, recall, cost }, n) => {
    const now = measured[n];
    const faults = [];
    if (Math.abs(now.recall - recall) > allowed.recall)
      faults.push(`recall at effort ${effort} is ${now.recall.toFixed(4)}, ${recall.toFixed(4)} is stated`);
    if (Math.abs(now.cost / cost - 1) > allowed.cost)
      faults.push(`at effort ${effort} ${now.cost.toFixed(1)} rows are compared, ${cost.toFixed(1)} are stated`);
    return faults;
  });
}
