import type { Choices } from '../../core/policy.ts';
import type { ReproductionBench } from '../reproduction.ts';

type Changes = Readonly<Record<string, Choices>>;

/** What differs from the seeds' choices at small scale, by case: what LEARNED.md leaves open and was seen to matter. */
const small: Readonly<Record<string, Changes>> = {
  // Offsets from 1 to 2,401: plain differences drown in the largest. Guided early lookups halve rather than gamble.
  hard: { 'query-model': { history: 'log-differences', supervision: 'all-lightly' } },
  // Where the order of two points depends on the others it takes longer to settle.
  plane: { ranker: { 'settles-at': '0.8', start: 'uniform' } },
  sphere: { ranker: { 'settles-at': '0.8', start: 'uniform' } },
};
const withExtra: Changes = { 'query-model': { 'learning-rate': '2e-3' } };

/** Appendix A of the paper: NeuralSort throughout, squared error, one learning rate. */
const paper: Changes = {
  ranker: { sort: 'neuralsort', 'settles-at': 'never', 'learning-rate': '1e-4' },
  'query-model': { loss: 'squared-error', 'noise-switch': '0.5', 'learning-rate': '1e-4', decay: 'none' },
  'extra-space': { 'learning-rate': '1e-4', decay: 'none' },
};

/** What an ablation cannot do without. */
const ablated: Readonly<Record<string, Changes>> = {
  // What is not told of the others cannot help them: only that some lookup finds the answer can be asked of it.
  'non-adaptive': { 'query-model': { supervision: 'any' } },
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
