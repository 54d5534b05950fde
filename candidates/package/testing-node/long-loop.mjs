import { build, Index } from 'ann-trial';
import { clustered } from './vectors.mjs';

const dimension = 16;
const rows = clustered(2000, dimension);
const index = await build(rows, { dimension, calibration: false });
await index.save('loop.index');

async function loop(times) {
  for (let n = 0; n < times; n++) {
    const query = rows.subarray((n % 2000) * dimension, ((n % 2000) + 1) * dimension);
    for (let again = 0; again < 200; again++) index.searchSync(query, { k: 10, effort: 10 });
    await index.search(query, { k: 10, effort: 10 });
    await index.searchBatch(rows.subarray(0, 64 * dimension), { k: 10, effort: 10, threads: 2 });
    // Not closed: the garbage collector is to find them.
    await Index.load('loop.index', { mapped: n % 2 === 0 });
    await index.search(query, { k: 0 }).catch(() => {});
    await build(rows, { dimension, signal: AbortSignal.timeout(1) }).catch(() => {});
    if (n % 20 === 0) global.gc();
  }
  global.gc();
  await new Promise((resolve) => setTimeout(resolve, 50));
  global.gc();
  return process.memoryUsage().rss;
}

const before = await loop(100);
const after = await loop(300);
console.log(JSON.stringify({ before, after }));
