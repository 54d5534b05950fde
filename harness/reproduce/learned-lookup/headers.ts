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

/** Appendix A of the paper: NeuralSort throughout, squared error, one learning rate, noise on all lookups. */
const paper: Changes = {
  ranker: { sort: 'neuralsort', 'settles-at': 'never', 'learning-rate': '1e-4' },
  'query-model': { loss: 'squared-error', noise: 'all', 'learning-rate': '1e-4', decay: 'none' },
  'extra-space': { 'learning-rate': '1e-4', decay: 'none' },
};
/** Its experiments in one dimension: noise on the last lookup alone until that has converged. */
const paperLine: Changes = {
  ...paper,
  'query-model': { ...paper['query-model'], noise: 'last-then-all', 'noise-switch': '0.5' },
};

/** Without permutation there is no order to settle. */
const withoutPermutation: Changes = { ranker: { 'settles-at': '0.8', start: 'uniform' } };

/** What differs from the seeds' choices where a case is trained. */
export function changesOf(scale: string, name: string, dimension: number): Changes {
  if (scale === 'paper') return dimension === 1 ? paperLine : paper;
  if (name.endsWith(' no-permute')) return withoutPermutation;
  return name.startsWith('extra') ? withExtra : (small[name] ?? {});
}

/** The headers that a case is trained with. */
export function headersOf(bench: ReproductionBench, name: string) {
  return bench.headers(changesOf(bench.scale, name, Number(bench.case(name).settings.dimension)));
}
