import type { Grammar } from '../../../core/proposer.ts';
import type { SlotOf } from '../../../core/target.ts';
import { extraSpaceGrammar } from './extra-space.ts';
import { queryModelGrammar } from './query-model.ts';
import { rankerGrammar } from './ranker.ts';

/** The decision space of each slot of learned lookups. */
export const learnedLookupGrammars: Readonly<Record<SlotOf<'learned-lookup'>, Grammar>> = {
  ranker: rankerGrammar,
  'query-model': queryModelGrammar,
  'extra-space': extraSpaceGrammar,
};
