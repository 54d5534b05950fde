import type { Choices } from '../../../../core/policy.ts';
import { lines } from '../../part.ts';

/** The function that is called: the parts, one after the other. */
export function build(choices: Choices): string {
  const { order, entry, passes, renumbering, edges, distances } = choices;
  const layered = entry === 'layers';
  const centres = entry!.startsWith('centres');
  const drawn = layered || centres || order === 'random';
  return lines(
    'template <annvil::Metric>',
    'struct Construction {',
    '  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits& limits) {',
    '    using namespace construction;',
    `    const Rows rows(base${distances === 'float32' ? '' : ', limits.threads'});`,
    `    Links links(base.count, std::min(wanted_degree, limits.max_degree));`,
    '    std::vector<Scratch> scratches(limits.threads, Scratch(base.count));',
    drawn && '    std::mt19937_64 random(limits.seed);',
    '    std::vector<NodeId> order(base.count);',
    '    std::iota(order.begin(), order.end(), NodeId{0});',
    (layered || order === 'random') && '    std::shuffle(order.begin(), order.end(), random);',
    '',
    '    annvil::Graph graph;',
    '    graph.count = base.count;',
    '    graph.degree = links.degree();',
    ...(layered
      ? [
          choices.top === 'medoid' &&
            '    std::iter_swap(order.begin(), std::find(order.begin(), order.end(), medoid(base)));',
          '    graph.layers = grow(rows, links, order, limits.threads, scratches);',
          '    graph.entry_points = {order.front()};',
        ]
      : [
          entry === 'medoid'
            ? '    graph.entry_points = {medoid(base)};'
            : '    graph.entry_points = centres(base, entry_count, limits.threads, random);',
          '    std::iter_swap(order.begin(), std::find(order.begin(), order.end(), graph.entry_points.front()));',
          '    grow(rows, links, order, limits.threads, scratches);',
        ]),
    ...Array.from({ length: Number(passes) - 1 }, () =>
      lines(
        '    links = relink(rows, links, limits.threads, scratches);',
        choices.backward !== 'none' && '    link_back(rows, links, limits.threads, scratches);',
      ),
    ),
    '    make_reachable(rows, links, graph.entry_points, scratches.front());',
    edges === 'nearest' && '    sort_rows(links, base.count);',
    renumbering === 'none'
      ? '    graph.edges = links.take();'
      : lines(
          '    std::vector<NodeId> numbering = locality_order(links, base.count, graph.entry_points.front());',
          choices['layers-apart'] === 'yes' && '    put_layers_first(graph.layers, numbering);',
          '    graph.edges = links.take();',
          '    renumber(graph, std::move(numbering));',
        ),
    '    return graph;',
    '  }',
    '};',
  );
}

/** The order of a node's links. */
export function edgeOrder({ edges }: Choices): string {
  if (edges !== 'nearest') return '';
  return `// Nearest first: what a search should look at first, and may look at only.
inline void sort_rows(Links& links, std::uint32_t count) {
  std::vector<Neighbour> row;
  for (NodeId node = 0; node < count; ++node) {
    links.read(node, row);
    std::sort(row.begin(), row.end());
    links.write(node, row);
  }
}`;
}
