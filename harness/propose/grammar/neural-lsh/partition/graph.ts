import type { Choices } from '../../../../core/policy.ts';
import { comment, lines, type Part } from '../../part.ts';

const meaning: Record<string, (neighbours: string) => string> = {
  mutual: () => "An edge weighs 2 where each is among the other's, else 1.",
  equal: () => 'All edges weigh 1.',
  rank: (neighbours) =>
    `An edge weighs ${neighbours} for the closest neighbour down to 1 for the last, both sides summed.`,
  shared: () => 'An edge weighs 1 and as many as both ends have neighbours in common, both sides summed.',
};

/** The weighted graph that is cut. */
export function graph({ neighbours, weights }: Choices): Part {
  const ranked = weights === 'rank';
  return {
    std: ['algorithm', 'cstdint', 'span', 'utility', 'vector'],
    contract: ['neural-lsh/metis.hpp', 'neural-lsh/neighbours.hpp', 'vectors.hpp'],
    text: lines(
      `constexpr std::uint32_t neighbour_count = ${neighbours};
`,
      weights === 'shared' &&
        `// How many of their nearest two nodes have in common.
inline std::uint32_t shared(const annvil::NeighbourTable& table, annvil::NodeId a, annvil::NodeId b) {
  const std::span<const annvil::NodeId> others = table.nearest(b, neighbour_count);
  std::uint32_t count = 0;
  for (const annvil::NodeId id : table.nearest(a, neighbour_count)) {
    if (std::find(others.begin(), others.end(), id) != others.end()) ++count;
  }
  return count;
}
`,
      comment([`The ${neighbours} nearest neighbours of each row, both ways.`, meaning[weights!]!(neighbours!)]),
      `inline annvil::WeightedGraph graph_of(const annvil::NeighbourTable& table) {
  // Ends in one number, and a weight: sorting brings the two ways of an edge together.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> edges;
  edges.reserve(std::size_t{2} * neighbour_count * table.count());
  for (annvil::NodeId id = 0; id < table.count(); ++id) {`,
      ranked && '    std::uint32_t weight = neighbour_count;',
      `    for (const annvil::NodeId other : table.nearest(id, neighbour_count)) {`,
      weights === 'shared' && '      const std::uint32_t weight = 1 + shared(table, id, other);',
      `      edges.emplace_back(std::uint64_t{id} << 32 | other, ${weights === 'mutual' || weights === 'equal' ? '1' : 'weight'});
      edges.emplace_back(std::uint64_t{other} << 32 | id, ${weights === 'mutual' || weights === 'equal' ? '1' : 'weight'});`,
      ranked && '      --weight;',
      `    }
  }
  std::sort(edges.begin(), edges.end());
  annvil::WeightedGraph graph;
  graph.starts.assign(std::size_t{table.count()} + 1, 0);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto [ends, weight] = edges[i];
    if (i > 0 && ends == edges[i - 1].first) {`,
      weights === 'equal' ? '      continue;' : '      graph.weights.back() += weight;\n      continue;',
      `    }
    graph.ends.push_back(static_cast<annvil::NodeId>(ends));
    graph.weights.push_back(weight);
    ++graph.starts[(ends >> 32) + 1];
  }
  for (std::size_t node = 0; node < table.count(); ++node) graph.starts[node + 1] += graph.starts[node];
  return graph;
}`,
    ),
  };
}
