import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { includes, type Part } from '../part.ts';
import { labels } from './router/labels.ts';
import { learn } from './router/learn.ts';
import { network } from './router/network.ts';
import { placement } from './router/placement.ts';
import { rows } from './router/rows.ts';
import { scores } from './router/scores.ts';
import { seedChoices, space } from './router/space.ts';
import { summary } from './router/summary.ts';
import { training } from './router/training.ts';

/** The header of the router that these choices describe. */
export function emit(choices: Choices): string {
  const components = [
    rows(choices),
    labels(choices),
    network(choices),
    training(choices),
    scores(choices),
    placement(choices),
  ].filter((part): part is Part => part !== undefined);
  const main = learn(choices);
  return `${summary(choices)}
#pragma once

${includes([...components, main], ['neural-lsh/router.hpp'])}

namespace candidate {

namespace routing {

${components.map(({ text }) => text).join('\n\n')}

}  // namespace routing

${main.text}

}  // namespace candidate
`;
}

/** What the grammar proposer knows of the slot `router`. */
export const routerGrammar: Grammar = { space, seedChoices, emit };
