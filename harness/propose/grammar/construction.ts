import type { Choices } from '../../core/policy.ts';
import type { Grammar } from '../../core/proposer.ts';
import { beam } from './construction/beam.ts';
import { connection } from './construction/connection.ts';
import { growth } from './construction/growth.ts';
import { includes } from './construction/includes.ts';
import { insertion } from './construction/insertion.ts';
import { layers } from './construction/layers.ts';
import { links } from './construction/links.ts';
import { pruning } from './construction/pruning.ts';
import { rows } from './construction/rows.ts';
import { seedChoices, space } from './construction/space.ts';
import { lines } from './search/part.ts';

export { seedChoices, space as constructionSpace } from './construction/space.ts';

/** The construction header that `choices` stand for. */
export function emit(choices: Choices): string {
  const body = `namespace candidate {
namespace construction {

using annvil::Graph;
using annvil::HugeArray;
using annvil::Layer;
using annvil::Neighbour;
using annvil::no_node;
using annvil::NodeId;
using annvil::Vectors;

${[constants(choices), rows(choices), links(), beam(choices), pruning(choices), insertion(choices), layers(choices), growth(choices), connection()].join('\n\n')}

}  // namespace construction

${entryStruct(choices)}

}  // namespace candidate
`;
  return `${header(choices)}
#pragma once

${includes(body)}

${body}`;
}

function header(_: Choices): string {
  return '// HNSW';
}

function constants(choices: Choices): string {
  const degree = Number(choices.degree);
  const share = { half: 1 / 2, 'three-quarters': 3 / 4, all: 1 }[
    choices['new-links'] as 'half' | 'three-quarters' | 'all'
  ];
  return lines(
    `inline constexpr std::uint32_t wanted_degree = ${degree};  // links a node may have`,
    `inline constexpr std::uint32_t new_links = ${degree * share};      // links a node is inserted with; others come as it is linked to`,
    `inline constexpr std::size_t beam_width = ${choices.beam};`,
    `inline constexpr std::size_t layer_ratio = ${choices['layer-ratio']};  // nodes of a layer to nodes of the layer above`,
    `inline constexpr std::uint32_t layer_degree = ${choices['layer-degree']};`,
  );
}

function entryStruct(choices: Choices): string {
  return `template <annvil::Metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits& limits) {
    using namespace construction;
    const Rows rows(base${choices.distances === 'float32' ? '' : ', limits.threads'});
    Links links(base.count, std::min(wanted_degree, limits.max_degree));
    std::vector<Scratch> scratches(limits.threads, Scratch(base.count));
    std::vector<NodeId> order(base.count);
    std::iota(order.begin(), order.end(), NodeId{0});
    std::shuffle(order.begin(), order.end(), std::mt19937_64(limits.seed));

    Graph graph;
    graph.count = base.count;
    graph.degree = links.degree();
    graph.layers = grow(rows, links, order, limits.threads, scratches);
    graph.entry_points = {order.front()};
    connect(rows, links, graph.entry_points, scratches.front());
    graph.edges = links.take();
    return graph;
  }
};`;
}

export const constructionGrammar: Grammar = { space, seedChoices, emit };
