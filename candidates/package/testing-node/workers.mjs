import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { build, Index } from 'ann-trial';
import { clustered } from './vectors.mjs';

const dimension = 16;
const queries = clustered(200, dimension, 7);

if (!isMainThread) {
  if (workerData === 'search') {
    const index = await Index.load('worker.index', { mapped: true });
    const { ids } = await index.searchBatch(queries, { k: 5, effort: 30 });
    parentPort.postMessage(ids.join());
  } else if (workerData === 'leave searches pending') {
    const index = await Index.load('worker.index', { mapped: true });
    for (let n = 0; n < 10_000; n++)
      index.search(queries.subarray(0, dimension), { k: 5, effort: 500 }).catch(() => {});
    parentPort.postMessage('asked');
  } else {
    parentPort.postMessage('building');
    await build(clustered(100_000, dimension), { dimension });
    parentPort.postMessage('built');
  }
} else {
  const index = await build(clustered(3000, dimension), { dimension, calibration: false });
  await index.save('worker.index');
  const own = index.searchBatchSync(queries, { k: 5, effort: 30 }).ids.join();
  const start = (task) => new Worker(new URL(import.meta.url), { workerData: task });
  const message = (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const answers = await Promise.all([0, 1, 2, 3].map(() => message(start('search'))));
  // One that is ended while its searches are pending does not take the process along.
  const asker = start('leave searches pending');
  await message(asker);
  await asker.terminate();
  // One that is ended in the middle of a build takes neither the process along nor minutes.
  const builder = start('build');
  await message(builder);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = performance.now();
  await builder.terminate();
  console.log(
    JSON.stringify({ same: answers.every((ids) => ids === own), terminateMilliseconds: performance.now() - began }),
  );
}
