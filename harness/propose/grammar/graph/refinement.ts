import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { includes, type Part } from '../part.ts';
import { best, rerank } from './refinement/rerank.ts';
import { rows } from './refinement/rows.ts';
import { seedChoices, space } from './refinement/space.ts';
import { summary } from './refinement/summary.ts';

export { seedChoices, space };

/** The header of the refinement that these choices describe. */
export function emit(choices: Choices): string {
  const components = [rows(choices), best(choices)].filter((part): part is Part => part !== undefined);
  const main = rerank(choices);
  return `${summary(choices)}
#pragma once

${includes([...components, main], ['refinement.hpp'])}

namespace candidate {

namespace refining {

${components.map(({ text }) => text).join('\n\n')}

}  // namespace refining

${main.text}

}  // namespace candidate
`;
}

/** What the grammar proposer knows of the slot `refinement`. */
export const refinementGrammar: Grammar = { space, seedChoices, emit };
