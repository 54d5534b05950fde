import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { includes, type Part } from '../part.ts';
import { coder } from './search/coder.ts';
import { entry } from './search/entry.ts';
import { pool } from './search/pool.ts';
import { projection } from './search/projection.ts';
import { seedChoices, space } from './search/space.ts';
import { summary } from './search/summary.ts';
import { visited } from './search/visited.ts';
import { walk } from './search/walk.ts';

export { seedChoices, space };

/** The header of the search that these choices describe. */
export function emit(choices: Choices): string {
  const components = [projection(choices), coder(choices), pool(choices), visited(choices), entry(choices)].filter(
    (part): part is Part => part !== undefined,
  );
  const main = walk(choices);
  return `${summary(choices)}
#pragma once

${includes([...components, main], ['search.hpp'])}

namespace candidate {

namespace searching {

${components.map(({ text }) => text).join('\n\n')}

}  // namespace searching

${main.text}

}  // namespace candidate
`;
}

/** What the grammar proposer knows of the slot `search`. */
export const searchGrammar: Grammar = { space, seedChoices, emit };
