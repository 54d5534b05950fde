import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { comment, lines } from '../part.ts';
import { beam } from './construction/beam.ts';
import { build, edgeOrder } from './construction/build.ts';
import { connection } from './construction/connection.ts';
import { entry } from './construction/entry.ts';
import { growth } from './construction/growth.ts';
import { includes } from './construction/includes.ts';
import { insertion } from './construction/insertion.ts';
import { layers } from './construction/layers.ts';
import { links } from './construction/links.ts';
import { pruning } from './construction/pruning.ts';
import { relinking } from './construction/relinking.ts';
import { renumbering } from './construction/renumbering.ts';
import { rows } from './construction/rows.ts';
import { seedChoices, space } from './construction/space.ts';
import { story } from './construction/story.ts';

export { seedChoices, space as constructionSpace } from './construction/space.ts';

/** Words of the contract that parts use unqualified. */
const borrowed = ['HugeArray', 'Layer', 'Neighbour', 'no_node', 'NodeId', 'Vectors'];

/** Comments that stand alone, filled to the width of a page: their length depends on the choices. */
function wrapped(source: string): string {
  return source.replace(/^( *)\/\/ .*(?:\n\1\/\/ .*)*$/gm, (block, indent: string) =>
    comment([block.replace(/\n? *\/\/ /g, ' ').trim()], indent),
  );
}

/** The construction header that `choices` stand for. */
export function emit(choices: Choices): string {
  const parts = [
    constants(choices),
    rows(choices),
    links(),
    beam(choices),
    pruning(choices),
    insertion(choices),
    choices.entry === 'layers' ? layers(choices) : '',
    growth(choices),
    relinking(choices),
    entry(choices),
    connection(),
    edgeOrder(choices),
    renumbering(choices),
  ].filter((part) => part !== '');
  const text = parts.join('\n\n');
  const body = wrapped(`namespace candidate {
namespace construction {

${borrowed
  .filter((name) => new RegExp(`\\b${name}\\b`).test(text))
  .map((name) => `using annvil::${name};`)
  .join('\n')}

${text}

}  // namespace construction

${build(choices)}

}  // namespace candidate
`);
  return `${story(choices)}
#pragma once

${includes(body)}

${body}`;
}

function constants(choices: Choices): string {
  const degree = Number(choices.degree);
  const share = { half: 1 / 2, 'three-quarters': 3 / 4, all: 1 }[
    choices['new-links'] as 'half' | 'three-quarters' | 'all'
  ];
  const layered = choices.entry === 'layers';
  return lines(
    `inline constexpr std::uint32_t wanted_degree = ${degree};  // links a node may have`,
    `inline constexpr std::uint32_t new_links = ${degree * share};  // links a node is given; others come as it is linked to`,
    `inline constexpr std::size_t beam_width = ${choices.beam};`,
    choices.passes !== '1' && `inline constexpr std::size_t relink_width = ${choices['relink-width']};`,
    layered &&
      `inline constexpr std::size_t layer_ratio = ${choices['layer-ratio']};  // its nodes to those of the layer above`,
    layered && `inline constexpr std::uint32_t layer_degree = ${choices['layer-degree']};`,
    choices.entry!.startsWith('centres') &&
      `inline constexpr std::uint32_t entry_count = ${choices.entry!.split('-')[1]};`,
  );
}

export const constructionGrammar: Grammar = { space, seedChoices, emit };
