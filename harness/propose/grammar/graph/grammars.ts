import type { Grammar } from '../../../core/proposer.ts';
import type { SlotOf } from '../../../core/target.ts';
import { constructionGrammar } from './construction.ts';
import { refinementGrammar } from './refinement.ts';
import { searchGrammar } from './search.ts';

/** The decision space of each slot of the graph target. */
export const graphGrammars: Readonly<Record<SlotOf<'graph'>, Grammar>> = {
  construction: constructionGrammar,
  search: searchGrammar,
  refinement: refinementGrammar,
};
