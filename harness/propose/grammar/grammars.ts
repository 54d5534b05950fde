import type { Grammar } from '../../core/proposer.ts';
import type { PerSlot } from '../../core/target.ts';
import { constructionGrammar } from './construction.ts';
import { refinementGrammar } from './refinement.ts';
import { searchGrammar } from './search.ts';

/** The decision space of each slot of the graph target. */
export const grammars: PerSlot<Grammar> = {
  construction: constructionGrammar,
  search: searchGrammar,
  refinement: refinementGrammar,
};
