import { type Examination, meanCurve } from '../../evaluate/learned/examination.ts';
import { costAt } from '../../evaluate/learned/log-ratio.ts';
import { type Measured, type Method, methods } from './measure.ts';

/** A sentence of what each method reads from storage for a query, mean over seeds: every cluster or posting begins on a page of 4 KiB. */
export function bytesRead(measured: Measured, recall: number): string {
  const said = (method: Method): string => {
    const seeds = measured[method].map((one) => bytesAt(one, recall));
    const mean = seeds.reduce((sum, bytes) => sum + bytes, 0) / seeds.length;
    return `${method} ${Number.isNaN(mean) ? 'does not reach it' : (mean / 1024).toFixed(0)}`;
  };
  return `KiB read from storage for a query at recall@1 ${recall}, in whole pages: ${methods.map(said).join('; ')}.`;
}

function bytesAt({ points }: Examination, recall: number): number {
  const curve = meanCurve(points).map((point, at) => ({ ...point, cost: points[at]!.bytes! }));
  return costAt(curve, recall);
}
