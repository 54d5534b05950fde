import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { includes } from '../part.ts';
import { probe } from './probing/probe.ts';
import { seedChoices, space } from './probing/space.ts';
import { summary } from './probing/summary.ts';

/** The header of the probing that these choices describe. */
export function emit(choices: Choices): string {
  const main = probe(choices);
  return `${summary(choices)}
#pragma once

${includes([main], ['neural-lsh/probing.hpp'])}

namespace candidate {

${main.text}

}  // namespace candidate
`;
}

/** What the grammar proposer knows of the slot `probing`. */
export const probingGrammar: Grammar = { space, seedChoices, emit };
