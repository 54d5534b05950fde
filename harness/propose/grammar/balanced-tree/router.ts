import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { comment, includes } from '../part.ts';
import { batch } from './router/batch.ts';
import { network } from './router/network.ts';
import { seedChoices, single, space } from './router/space.ts';
import { train } from './router/train.ts';

/** What this variant does, for the top of its header. */
function summary(choices: Choices): string {
  const { mining, weights, augment, encoder, optimiser, rate, moments } = choices;
  return comment([
    'Slot `router` of the balanced-tree target: an encoder and one transformer decoder layer, as in BATL (Li et al., KDD 2023).',
    single(choices)
      ? 'Every pair of a query and a neighbour stands in a batch on its own.'
      : 'A batch holds whole queries with their neighbours: the losses of all pairs of a query share one encoding.',
    ...(mining === undefined || mining === 'all' ? [] : [`Of the neighbours ${mining.replace('-', ' ')} count.`]),
    ...(weights === 'by-rank' ? ['Nearer neighbours weigh more.'] : []),
    ...(augment === 'none' ? [] : [`Queries are changed each time they come (${augment}).`]),
    ...(encoder === 'one-hidden' ? [] : ['The encoder has two hidden layers.']),
    `${optimiser === 'adam' ? 'Adam' : 'AdamW'}, ${moments === 'kept' ? 'moments kept over the cycles' : 'moments begun anew each cycle'}, rate ${rate}.`,
  ]);
}

/** The header of the router that these choices describe. */
export function emit(choices: Choices): string {
  const parts = [network(choices), batch(choices)];
  const main = train(choices);
  return `${summary(choices)}
#pragma once

${includes([...parts, main], ['balanced-tree/router.hpp'])}

namespace candidate {

namespace routing {

${parts.map(({ text }) => text).join('\n\n')}

}  // namespace routing

${main.text}

}  // namespace candidate
`;
}

/** What the grammar proposer knows of the slot `router`. */
export const routerGrammar: Grammar = { space, seedChoices, emit };
