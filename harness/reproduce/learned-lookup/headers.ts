import type { Choices } from '../../core/policy.ts';
import type { ReproductionBench } from '../reproduction.ts';

type Changes = Readonly<Record<string, Choices>>;

/**
 * Values that lie from 1 to some 2,000 apart: plain differences drown in the largest. Early lookups that are guided halve rather than gamble.
 */
const manyScales: Changes = { 'query-model': { history: 'log-differences', supervision: 'all-lightly' } };

/** What differs from the seeds' choices at small scale, by case: what LEARNED.md leaves open and was seen to matter. */
const small: Readonly<Record<string, Changes>> = {
  hard: manyScales,
  zipf: manyScales,
  // Where the order of two points depends on the others it takes longer to settle.
  plane: { ranker: { 'settles-at': '0.8', start: 'uniform' } },
  sphere: { ranker: { 'settles-at': '0.8', start: 'uniform' } },
};
/** What the first lookup should read of the extra values is found by trying: without noise from the start one training in five stays where it began. */
const withExtra: Changes = { 'query-model': { noise: 'all', 'learning-rate': '2e-3' } };

/** Appendix A of the paper: NeuralSort throughout, squared error, one learning rate. */
const paper: Changes = {
  ranker: { sort: 'neuralsort', 'settles-at': 'never', 'learning-rate': '1e-4' },
  'query-model': { loss: 'squared-error', 'noise-switch': '0.5', 'learning-rate': '1e-4', decay: 'none' },
  'extra-space': { 'learning-rate': '1e-4', decay: 'none' },
};

/**
 * What an ablation cannot do without. The non-adaptive one is trained as the whole is, by its last lookup, which the others cannot help.
 */
const ablated: Readonly<Record<string, Changes>> = {
  // Without permutation there is no order to settle.
  'no-permute': { ranker: { 'settles-at': '0.8', start: 'uniform' } },
};

/** The headers that a case is trained with. */
export function headersOf(bench: ReproductionBench, name: string) {
  const scaled = bench.scale === 'paper' ? paper : name.startsWith('extra') ? withExtra : (small[name] ?? {});
  const needed = ablated[name.split(' ')[1] ?? ''] ?? {};
  const slots = [...new Set([...Object.keys(scaled), ...Object.keys(needed)])];
  return bench.headers(Object.fromEntries(slots.map((slot) => [slot, { ...scaled[slot], ...needed[slot] }])));
}
