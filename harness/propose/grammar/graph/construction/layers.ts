import type { Choices } from '../../../../core/policy.ts';

/** Upper layers, as snapshots of the one graph while it grows. */
export function layers(choices: Choices): string {
  const near = choices.distances === 'float32' ? 'distance' : 'rough';
  return `// From the top, greedily down to a node near row \`query\`.
inline NodeId descend(const Rows& rows, const std::vector<Layer>& layers, NodeId top, NodeId query) {
  NodeId nearest = top;
  float least = rows.${near}(query, nearest);
  for (const Layer& layer : layers) {
    for (bool moved = true; moved;) {
      moved = false;
      const std::size_t place = std::lower_bound(layer.nodes.begin(), layer.nodes.end(), nearest) - layer.nodes.begin();
      const NodeId* row = layer.edges.data() + place * layer.degree;
      for (std::uint32_t i = 0; i < layer.degree && row[i] != no_node; ++i) {
        const float distance = rows.${near}(query, row[i]);
        if (distance >= least) continue;
        least = distance;
        nearest = row[i];
        moved = true;
      }
    }
  }
  return nearest;
}

// The graph as it stands, with fewer links, as a layer over the nodes inserted so far.
inline Layer snapshot(const Rows& rows, Links& links, std::span<const NodeId> members, std::uint32_t threads,
                      std::vector<Scratch>& scratches) {
  Layer layer;
  layer.degree = std::min(layer_degree, links.degree());
  layer.nodes.assign(members.begin(), members.end());
  std::sort(layer.nodes.begin(), layer.nodes.end());
  layer.edges.assign(members.size() * layer.degree, no_node);
  annvil::parallel_for(members.size(), threads, 64, [&](std::size_t i, std::uint32_t thread) {
    Scratch& scratch = scratches[thread];
    links.read(layer.nodes[i], scratch.candidates);
    std::sort(scratch.candidates.begin(), scratch.candidates.end());
    prune(rows, layer.degree, scratch);
    std::transform(scratch.kept.begin(), scratch.kept.end(), layer.edges.begin() + i * layer.degree,
                   [](const Neighbour& neighbour) { return neighbour.id; });
  });
  return layer;
}`;
}
