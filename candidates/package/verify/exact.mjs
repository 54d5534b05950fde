/** Distances of the exact neighbours. */

/** Queries whose distances are taken again in plain JavaScript. */
const checked = 5;

/**
 * An effort as large as the base compares every row; some queries are checked against double precision here, so that a fault of the library
 * cannot vouch for itself.
 * @returns k a query, ascending
 */
export async function exactDistances(index, queries, base, metric, k) {
  const { distances } = await index.searchBatch(queries.data, { k, effort: base.count });
  for (let query = 0; query < Math.min(checked, queries.count); query++) {
    const row = queries.data.subarray(query * queries.dimension, (query + 1) * queries.dimension);
    const expected = nearestDistances(row, base, metric, k);
    for (const [n, distance] of expected.entries()) {
      const found = distances[query * k + n];
      if (Math.abs(found - distance) <= 1e-4 * Math.max(1e-3, distance)) continue;
      throw new Error(`exact search finds neighbour ${n} of query ${query} at ${found}, but it lies at ${distance}`);
    }
  }
  return distances;
}

function nearestDistances(query, { count, dimension, data }, metric, k) {
  const all = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    const from = row * dimension;
    if (metric === 'angular') {
      for (let n = 0; n < dimension; n++) sum -= query[n] * data[from + n];
      sum += 1;
    } else {
      for (let n = 0; n < dimension; n++) sum += (query[n] - data[from + n]) ** 2;
    }
    all[row] = sum;
  }
  return all.sort().slice(0, k);
}
