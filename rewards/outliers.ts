import { median } from './median.ts';

/** Standard deviations beyond which a reading is an outlier: 0.3 % of honest normal readings, most of a neighbour's visits. */
const reach = 3;
/** Fewer blocks do not tell an outlier from a wide spread; clipping them would only fake precision. */
const fewestBlocks = 5;

/**
 * Pulls outlying readings in to `reach` standard deviations of what their block and their cell predict.
 *
 * A noisy neighbour's visit is short: it slows a few cells (one side at one effort in one block) by far more than the noise.
 * Dropping whole blocks would lose nearly all of them once each has a dozen cells, so cells are judged singly, against
 * cell + block effects fitted by median polish (Tukey 1977, Exploratory Data Analysis, chapter 11): the block effect, a
 * machine that is slower for a while or harder queries, is common to both sides and cancels in their ratio; it is no outlier.
 * Clipping, not dropping, keeps the table whole and the estimate continuous in the data.
 *
 * @param table [block][cell] log-qps
 * @returns the same shape; untouched where there are fewer than 5 blocks or no spread to compare with
 */
export function clipOutliers(table: readonly (readonly number[])[]): number[][] {
  const residuals = medianPolish(table);
  const limit = reach * standardDeviation(residuals);
  if (table.length < fewestBlocks || limit === 0) return table.map((row) => [...row]);
  return table.map((row, block) =>
    row.map((value, cell) => {
      const residual = residuals[block]![cell]!;
      return value - residual + Math.max(-limit, Math.min(limit, residual));
    }),
  );
}

/** What is left of each reading after its block's and its cell's effect; two sweeps settle a table this plain. */
function medianPolish(table: readonly (readonly number[])[]): number[][] {
  let left = table.map((row) => [...row]);
  for (let sweep = 0; sweep < 2; sweep++) {
    const cells = left[0]!.map((_, cell) => median(left.map((row) => row[cell]!)));
    left = left.map((row) => row.map((value, cell) => value - cells[cell]!));
    left = left.map((row) => {
      const block = median(row);
      return row.map((value) => value - block);
    });
  }
  return left;
}

/** From the median absolute residual, which outliers hardly move, corrected for the effects that were fitted. */
function standardDeviation(residuals: readonly (readonly number[])[]): number {
  const blocks = residuals.length;
  const cells = residuals[0]!.length;
  const degrees = (blocks - 1) * (cells - 1);
  if (degrees < 1) return 0;
  return 1.4826 * median(residuals.flat().map(Math.abs)) * Math.sqrt((blocks * cells) / degrees);
}
