import type { QuerySet } from '../../core/evaluation.ts';
import type { LearnedCase, LearnedTarget } from '../learned/learned-target.ts';
import { type Preset, type Presets, presets } from './presets.ts';
import { type Problem, problemSettings, trainingSettings } from './problem.ts';
import { projectedRows, type Rows } from './rows.ts';

/** Datasets of each query set, and queries of each dataset: some .004 of accuracy is its standard error. */
const examinedDatasets = 2000;
const queriesEach = 8;

/** Seeds of the referee's draws. Trainings draw from seeds of their own (candidates/player/learned-lookup/train.cpp). */
const drawSeed: Record<QuerySet, number> = { search: 0x5ea7c4, promotion: 0x9407e, final: 0xf17a1 };

/** What the referee draws for a problem. */
export function trialRequest(problem: Problem, queries: QuerySet) {
  return { ...problemSettings(problem), datasets: examinedDatasets, queries: queriesEach, seed: drawSeed[queries] };
}

/** A preset as a case; `rows` has the files of problems that draw rows. */
export function caseOf(
  { name, problem, scale, baseline }: Preset,
  { mostParameters, limitSeconds }: Pick<Presets, 'mostParameters' | 'limitSeconds'>,
  rows?: Rows,
): LearnedCase {
  const trial = (queries: QuerySet) => ({ ...trialRequest(problem, queries), ...rows?.paths(queries) });
  const oneLookup = problem.lookups === 1 && problem.dimension > 2;
  return {
    name,
    settings: trainingSettings(problem, scale),
    inputs: rows?.inputs ?? {},
    inputsHash: rows?.inputsHash ?? 'drawn',
    limitSeconds,
    memoryMebibytes: 4096,
    examination: (queries) => ({
      ...trial(queries),
      maxParameters: mostParameters,
      ...(oneLookup && { separators: true }),
    }),
    // A baseline of ours draws nothing that matters.
    baseline: (queries) => ({ ...trial(queries), baseline }),
  };
}

/** Learning to Design Data Structures (Salemohamed et al. 2024). */
export const learnedLookup: LearnedTarget = {
  name: 'learned-lookup',
  trains: ['ranker', 'query-model', 'extra-space'],
  // Nothing of a slot's is left but networks, which plain C++ of ours runs.
  serves: [],
  libraries: [],
  precompiled: [
    'annvil/learned-lookup/ranker.hpp',
    'annvil/learned-lookup/query_model.hpp',
    'annvil/learned-lookup/extra_space.hpp',
  ],
  data: 'synthetic',
  scales: Object.keys(presets),
  async cases(workshop, scale, dataset) {
    const chosen = presets[scale]!;
    const drawn = chosen.cases.map((preset) => caseOf(preset, chosen));
    if (!dataset) return drawn;
    const ofRows = chosen.rows.map(async (preset) =>
      caseOf(preset, chosen, await projectedRows(workshop, dataset, preset.problem.dimension)),
    );
    return [...drawn, ...(await Promise.all(ofRows))];
  },
  /** How much more often than the baseline's the nearest point is among what was read: mean over the numbers of lookups up to M. */
  reward: (curve, baseline) =>
    curve.reduce((sum, { recall }, at) => sum + recall - baseline[at]!.recall, 0) / curve.length,
};
