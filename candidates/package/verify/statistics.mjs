/** The figures of a comparison: areas under curves, and the interval of their ratio over rounds and chunks of queries. */

/** Points that no other matches or beats in both recall and qps, recall ascending. */
export function frontier(points) {
  const kept = [];
  let best = 0;
  for (const point of [...points].sort((a, b) => b.recall - a.recall || b.qps - a.qps)) {
    if (point.qps <= best) continue;
    kept.push(point);
    best = point.qps;
  }
  return kept.reverse();
}

/**
 * Mean queries/s over recall in the window, interpolated in log-queries/s; a curve that ends below the window's end counts nothing beyond
 * its own, one that begins above the window's beginning is flat before.
 */
export function windowArea(points, { low, high }) {
  const edge = frontier(points);
  if (edge.length === 0) return 0;
  let area = Math.max(0, Math.min(edge[0].recall, high) - low) * edge[0].qps;
  for (let right = 1; right < edge.length; right++) area += segment(edge[right - 1], edge[right], low, high);
  return area / (high - low);
}

function segment(left, right, low, high) {
  const [from, to] = [Math.max(left.recall, low), Math.min(right.recall, high)];
  if (to <= from) return 0;
  const slope = Math.log(right.qps / left.qps) / (right.recall - left.recall);
  const at = (recall) => Math.log(left.qps) + slope * (recall - left.recall);
  const half = (at(to) - at(from)) / 2;
  // The mean of an exponential, without a difference of nearly equal numbers.
  return (to - from) * Math.exp((at(from) + at(to)) / 2) * (half === 0 ? 1 : Math.sinh(half) / half);
}

/**
 * The value of a statistic and its 95 % interval, where it is a logarithm: as a ratio. Rounds and chunks of queries are crossed, so the
 * variance is that over rounds, plus over chunks, less over cells (Cameron, Gelbach & Miller 2011), each a delete-one jackknife.
 * @param statistic its value with a round, a chunk, or a chunk of one round left out
 */
export function ratioInterval({ rounds, chunks }, statistic) {
  const overRounds = jackknife(rounds, (round) => statistic({ round }));
  const overChunks = jackknife(chunks, (chunk) => statistic({ chunk }));
  const overCells = jackknife(rounds * chunks, (cell) =>
    statistic({ round: Math.floor(cell / chunks), chunk: cell % chunks }),
  );
  const overQueries = Math.max(0, overChunks - overCells);
  const variance = overRounds + overQueries;
  const spread = overRounds ** 2 / (rounds - 1) + overQueries ** 2 / (chunks - 1);
  const degrees = spread > 0 ? Math.max(1, Math.floor(variance ** 2 / spread)) : rounds - 1;
  const reach = studentT(degrees) * Math.sqrt(variance);
  const value = statistic({});
  return { value: Math.exp(value), low: Math.exp(value - reach), high: Math.exp(value + reach) };
}

/** Tukey 1958; Efron & Tibshirani 1993, chapter 11. */
function jackknife(count, without) {
  const values = Array.from({ length: count }, (_, group) => without(group));
  const mean = values.reduce((sum, one) => sum + one, 0) / count;
  return ((count - 1) / count) * values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
}

/** Mean of numbers with its 95 % interval, kept within [0, 1]. */
export function meanInterval(values) {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const reach = studentT(Math.max(1, values.length - 1)) * Math.sqrt(variance / values.length);
  return { value: mean, low: Math.max(0, mean - reach), high: Math.min(1, mean + reach) };
}

/** Two-sided 95 % quantile of Student's t: tabled, and beyond the table by the expansion of Abramowitz & Stegun 26.7.5. */
export function studentT(degrees) {
  const table = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
  if (degrees <= table.length) return table[degrees - 1];
  const x = 1.959964;
  const terms = [
    (x ** 3 + x) / 4,
    (5 * x ** 5 + 16 * x ** 3 + 3 * x) / 96,
    (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / 384,
  ];
  return terms.reduce((sum, term, n) => sum + term / degrees ** (n + 1), x);
}
