/** Clustered rows, the same at every run. */
export function clustered(count, dimension, seed = 1) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const centres = Float32Array.from({ length: 50 * dimension }, uniform);
  const data = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    const centre = Math.floor(uniform() * 50) * dimension;
    for (let n = 0; n < dimension; n++) data[row * dimension + n] = centres[centre + n] + 0.4 * (uniform() - 0.5);
  }
  return data;
}

/** Share of the true nearest among the ids, by comparing all. */
export function recallOf(rows, dimension, queries, { ids, k }) {
  let found = 0;
  for (let query = 0; query * dimension < queries.length; query++) {
    const all = [];
    for (let row = 0; row * dimension < rows.length; row++) {
      let distance = 0;
      for (let n = 0; n < dimension; n++) distance += (queries[query * dimension + n] - rows[row * dimension + n]) ** 2;
      all.push([distance, row]);
    }
    const nearest = new Set(
      all
        .sort((a, b) => a[0] - b[0])
        .slice(0, k)
        .map(([, row]) => row),
    );
    for (const id of ids.subarray(query * k, (query + 1) * k)) if (nearest.has(id)) found += 1;
  }
  return found / ids.length;
}

/** What a promise or a call fails with. */
export async function failure(attempt) {
  try {
    await attempt();
    return 'no failure';
  } catch (error) {
    return `${error?.name} ${error?.code ?? ''}: ${error?.message}`;
  }
}
