import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { comment, includes } from '../part.ts';
import { search } from './beam/search.ts';
import { seedChoices, space, summed } from './beam/space.ts';

function summary(choices: Choices): string {
  const { votes, shares } = choices;
  const least =
    votes === 'one' ? 'in any tree' : votes === 'two' ? 'in at least two trees' : 'in at least half of the trees';
  return comment([
    'Slot `beam` of the balanced-tree target: beam search for the most probable leaves of each tree.',
    summed(choices)
      ? `Vectors are ordered by the sum of their leaves' ${votes === 'probability' ? 'probabilities' : 'log-probabilities'}, and as many are kept as leaves of one tree were asked for.`
      : `Compared are the vectors found ${least}${votes === 'two' ? ' (the frequency filter of BATL, Li et al., KDD 2023)' : ''}.`,
    ...(shares === 'equal' ? [] : ['Trees that are surer of their leaves open more of them.']),
  ]);
}

/** The header of the beam search that these choices describe. */
export function emit(choices: Choices): string {
  const main = search(choices);
  return `${summary(choices)}
#pragma once

${includes([main], ['balanced-tree/beam.hpp'])}

namespace candidate {

${main.text}

}  // namespace candidate
`;
}

/** What the grammar proposer knows of the slot `beam`. */
export const beamGrammar: Grammar = { space, seedChoices, emit };
