import type { Grammar } from '../../../core/proposer.ts';
import type { SlotOf } from '../../../core/target.ts';
import { beamGrammar } from './beam.ts';
import { routerGrammar } from './router.ts';
import { treeUpdateGrammar } from './tree-update.ts';

/** The decision space of each slot of `balanced-tree`. */
export const balancedTreeGrammars: Readonly<Record<SlotOf<'balanced-tree'>, Grammar>> = {
  router: routerGrammar,
  'tree-update': treeUpdateGrammar,
  beam: beamGrammar,
};
