import type { Grammar } from '../../core/proposer.ts';
import { extraSpaceGrammar } from './learned-lookup/extra-space.ts';
import { queryModelGrammar } from './learned-lookup/query-model.ts';
import { rankerGrammar } from './learned-lookup/ranker.ts';

/** The decision space of each slot of learned lookups. */
export const learnedLookupGrammars: Readonly<Record<string, Grammar>> = {
  ranker: rankerGrammar,
  'query-model': queryModelGrammar,
  'extra-space': extraSpaceGrammar,
};
