import { presets } from '../../evaluate/learned-lookup/presets.ts';
import { learnedLookup, trialRequest } from '../../evaluate/learned-lookup/target.ts';
import { learnedLookupGrammars } from '../../propose/grammar/learned-lookup/grammars.ts';
import type { Findings, Reproduction, ReproductionBench } from '../reproduction.ts';
import { type CaseNames, claims } from './claims.ts';
import { figures } from './figures.ts';
import { measureAll } from './measured.ts';

async function run(bench: ReproductionBench): Promise<Findings> {
  const names = bench.cases.map(({ name }) => name);
  const measured = await measureAll(bench, names);
  const of = (name: string) => measured.get(name);
  const cases: CaseNames = {
    line: names.find((name) => name.startsWith('uniform'))!,
    extra: names.filter((name) => name.startsWith('extra-')),
    rows: names.filter((name) => name.startsWith('rows-')),
  };
  const { problem } = presets[bench.scale]!.cases.find(({ name }) => name === cases.line)!;
  const interpolation = await bench.trusted({ ...trialRequest(problem, 'final'), baseline: 'interpolation-search' });
  return {
    claims: claims(of, cases, interpolation),
    figures: figures(of, cases, interpolation),
    notes: notesOf(bench.scale),
  };
}

/** How figures are taken, and what headers.ts has a scale trained with. */
export function notesOf(scale: string): string[] {
  const trained =
    scale === 'paper'
      ? [
          'Trained as appendix A says: NeuralSort throughout, squared error, one learning rate; in one dimension noise on the last lookup alone for ' +
            'half of the steps, elsewhere on all lookups. But for two things: no training stops early, each takes all of its steps; and extra values ' +
            'are written by an MLP that reads the stored dataset, where in the paper the transformer that ranks writes them too. The slot’s contract ' +
            'has no attention.',
          'The paper names neither N nor M of its hard distribution in 2D: N=16, M=4 here, as in one dimension.',
          'The non-adaptive ablation has the same loss, on the last lookup.',
        ]
      : [
          'The loss is the log of the answer’s share and the ranker settles at .3 of the steps (plane, sphere and the ablation without permutation: ' +
            'at .8): both reach the paper’s solution sooner. On the hard distribution and Zipf’s, models are told differences by their logarithm and ' +
            'early lookups are guided lightly. With extra space, lookups are trained with noise from the start, at twice the rate.',
          'The non-adaptive ablation has the same loss, on the last lookup. Trained so that some lookup finds the answer (a choice of the grammar), ' +
            'it comes within some hundredths of the adaptive structure at N=16, M=4.',
        ];
  return [
    'Seen values are means over training seeds on 2,000 datasets of 8 queries that no training has seen; the interval is over seeds.',
    ...trained,
    'Extra values are no answers: an answer is a point of the dataset. Bucketing keeps copies of points, which are.',
  ];
}

/** Learning to Design Data Structures (Salemohamed et al. 2024). */
export const reproduction: Reproduction = {
  target: learnedLookup,
  // A frozen ranker sorts by luck in one training of three, and small models find different strategies.
  seeds: [1, 2, 3, 4, 5],
  presets: ['small', 'paper'],
  grammars: learnedLookupGrammars,
  run,
};
