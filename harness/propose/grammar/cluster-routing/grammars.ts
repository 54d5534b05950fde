import type { Grammar } from '../../../core/proposer.ts';
import type { SlotOf } from '../../../core/target.ts';
import { duplicationGrammar } from './duplication.ts';
import { predictorGrammar } from './predictor.ts';
import { stopRuleGrammar } from './stop-rule.ts';

/** The decision space of each slot of `cluster-routing`. */
export const clusterRoutingGrammars: Readonly<Record<SlotOf<'cluster-routing'>, Grammar>> = {
  predictor: predictorGrammar,
  duplication: duplicationGrammar,
  'stop-rule': stopRuleGrammar,
};
