import type { Grammar } from '../../../core/proposer.ts';
import type { SlotOf } from '../../../core/target.ts';
import { partitionGrammar } from './partition.ts';
import { probingGrammar } from './probing.ts';
import { routerGrammar } from './router.ts';

/** The decision space of each slot of `neural-lsh`. */
export const neuralLshGrammars: Readonly<Record<SlotOf<'neural-lsh'>, Grammar>> = {
  partition: partitionGrammar,
  router: routerGrammar,
  probing: probingGrammar,
};
