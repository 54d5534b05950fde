import { frontier, meanInterval, ratioInterval, windowArea } from './statistics.mjs';

const chunks = 20;

/** @throws Error where there are fewer queries than `compare` takes intervals over */
export function requireEnough({ count }) {
  if (count >= chunks) return;
  throw new Error(
    `${count} queries are left to measure on, and at least ${chunks} must be, a fifth of a query file: give --queries FILE with ${5 * chunks} or more`,
  );
}

/**
 * Recall of each query at one effort. A neighbour as close as the k-th true one counts: ties have no order.
 * @param truth distances of the true neighbours, k a query, ascending
 */
export function recalls(index, queries, { k, effort, truth }) {
  const { ids, distances } = index.searchBatchSync(queries.data, { k, effort, threads: 0 });
  return Array.from({ length: queries.count }, (_, query) => {
    const farthest = truth[query * k + k - 1];
    let found = 0;
    for (let n = query * k; n < (query + 1) * k; n++) {
      // Two builds may sum a distance in another order.
      if (ids[n] !== 0xffffffff && distances[n] <= farthest * (1 + 1e-5) + 1e-6) found += 1;
    }
    return found / k;
  });
}

/** Efforts that cover the window: those that the claim names, and more on either side where recall has moved. */
export function coveringEfforts(index, sample, named, { k, truth, window }) {
  const recallAt = (effort) => meanInterval(recalls(index, sample, { k, effort, truth })).value;
  const efforts = new Set(named.length > 0 ? named : ladder(1, 16));
  for (let most = Math.max(...efforts); recallAt(most) < window.high; efforts.add(most)) {
    if (most > 1e5)
      throw new Error(`recall ends below ${window.high}, at effort ${most}: it cannot be compared over this window`);
    most = Math.ceil(most * 1.3);
  }
  for (let least = Math.min(...efforts); least > 1 && recallAt(least) > window.low; efforts.add(least))
    least = Math.floor(least / 1.3);
  // Points far above the window only cost time.
  const ascending = [...efforts].sort((a, b) => a - b);
  const enough = ascending.findIndex((effort) => recallAt(effort) >= window.high);
  return ascending.slice(0, enough + 1);
}

function ladder(from, to) {
  const efforts = [];
  for (let effort = from; effort <= to; effort = Math.max(effort + 1, Math.ceil(effort * 1.3))) efforts.push(effort);
  return efforts;
}

/**
 * Times two indexes on one thread, side by side: turns alternate, and an effort never follows another on the same chunk of queries, which
 * would find its rows in the caches. The cost is processor time, which a busy machine does not add to.
 * @param sides two of { index, efforts, recalls: by effort, a query each }
 * @returns ratio of areas with its interval, and both curves
 */
export function compare(sides, queries, { k, window, rounds, onRound }) {
  const size = Math.floor(queries.count / chunks);
  const parts = Array.from({ length: chunks }, (_, chunk) =>
    queries.data.slice(chunk * size * queries.dimension, (chunk + 1) * size * queries.dimension),
  );
  // seconds[side][effort][round * chunks + chunk]
  const seconds = sides.map(({ efforts }) => efforts.map(() => new Float64Array(rounds * chunks)));
  const turns = Math.max(...sides.map(({ efforts }) => efforts.length));
  const ask = (side, turn, chunk) => {
    const { index, efforts } = sides[side];
    const effort = efforts[turn % efforts.length];
    const before = process.cpuUsage();
    // Ids alone, as the campaign measured.
    index.searchBatchSync(parts[chunk], { k, effort, threads: 1, distances: false });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  for (let round = -1; round < rounds; round++) {
    for (let chunk = 0; chunk < chunks; chunk++) {
      for (let turn = 0; turn < turns; turn++) {
        // Who goes first changes, so that neither always follows the other.
        const order = (round + chunk + turn) % 2 === 0 ? [0, 1] : [1, 0];
        for (const side of order) {
          if (turn >= sides[side].efforts.length) continue;
          const asked = (chunk + turn * 7 + side * 3) % chunks;
          const spent = ask(side, turn, asked);
          // The first round warms up.
          if (round >= 0) seconds[side][turn][round * chunks + asked] = spent;
        }
      }
    }
    if (round >= 0) onRound?.(round + 1, rounds);
  }
  const curveOf = (side, left) =>
    sides[side].efforts.map((effort, n) => {
      const recall = meanWithout(
        sides[side].recalls.get(effort),
        size,
        left.round === undefined ? left.chunk : undefined,
      );
      return { effort, recall, qps: size / meanCell(seconds[side][n], left) };
    });
  const area = (side, left) => windowArea(curveOf(side, left), window);
  const ratio = ratioInterval({ rounds, chunks }, (left) => Math.log(area(0, left) / area(1, left)));
  return {
    ratio,
    curves: sides.map((_, side) => frontier(curveOf(side, {}))),
    areas: sides.map((_, side) => area(side, {})),
  };
}

/** Mean seconds a chunk, without a round, a chunk, or a chunk of one round. */
function meanCell(cells, { round, chunk }) {
  let sum = 0;
  let count = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    const inRound = Math.floor(cell / chunks) === round;
    const inChunk = cell % chunks === chunk;
    const left = round !== undefined && chunk !== undefined ? inRound && inChunk : inRound || inChunk;
    if (left) continue;
    sum += cells[cell];
    count += 1;
  }
  return sum / count;
}

function meanWithout(recallsOf, size, chunk) {
  let sum = 0;
  let count = 0;
  for (let query = 0; query < size * chunks; query++) {
    if (Math.floor(query / size) === chunk) continue;
    sum += recallsOf[query];
    count += 1;
  }
  return sum / count;
}
