import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { includes } from '../part.ts';
import { divide } from './partition/divide.ts';
import { graph } from './partition/graph.ts';
import { seedChoices, space } from './partition/space.ts';
import { summary } from './partition/summary.ts';

/** The header of the partition that these choices describe. */
export function emit(choices: Choices): string {
  const cutting = graph(choices);
  const main = divide(choices);
  return `${summary(choices)}
#pragma once

${includes([cutting, main], ['neural-lsh/partition.hpp'])}

namespace candidate {

namespace cutting {

${cutting.text}

}  // namespace cutting

${main.text}

}  // namespace candidate
`;
}

/** What the grammar proposer knows of the slot `partition`. */
export const partitionGrammar: Grammar = { space, seedChoices, emit };
