import { type Batch, build, type CalibrationPoint, Index, none } from 'ann-trial';

const index: Index = await build(new Float32Array(8), { dimension: 4, metric: 'angular', calibration: { queries: 0 } });
const batch: Batch = await index.searchBatch(new Float32Array(4), {
  k: 2,
  effort: 3,
  signal: AbortSignal.timeout(1000),
});
const point: CalibrationPoint = index.effortFor(0.9);
const first: number | undefined = batch.ids[0];
// @ts-expect-error one of effort and targetRecall
index.searchSync(new Float32Array(4), { k: 2, effort: 3, targetRecall: 0.9 });
// @ts-expect-error made by build or load
new Index();
console.log(point.effort, first === none);
