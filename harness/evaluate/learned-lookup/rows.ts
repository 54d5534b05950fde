import type { PreparedDataset } from '../../../datasets/prepared.ts';
import type { LearnedCase } from '../learned/learned-target.ts';
import type { Workshop } from '../learned/workshop.ts';
import type { Presets } from './presets.ts';

/** A dataset's own rows, projected to their first principal components: structures over small samples of them. */
export async function rowCases(
  _workshop: Workshop,
  _dataset: PreparedDataset,
  _presets: Presets,
): Promise<LearnedCase[]> {
  return [];
}
