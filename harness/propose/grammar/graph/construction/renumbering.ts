import type { Choices } from '../../../../core/policy.ts';

/** New numbers for the nodes, so that rows read one after the other lie near each other. */
export function renumbering(choices: Choices): string {
  const order = orders[choices.renumbering!];
  if (order === undefined) return '';
  const first = choices['layers-apart'] === 'yes' ? `${layersFirst}\n\n` : '';
  return `${order}\n\n${first}${renumber(choices)}`;
}

const orders: Readonly<Record<string, string>> = {
  breadth: `// Nodes in the order in which a search from the entry point could meet them: what is near in the graph is near in memory.
inline std::vector<NodeId> locality_order(Links& links, std::uint32_t count, NodeId entry) {
  std::vector<NodeId> order{entry};
  std::vector<bool> placed(count);
  placed[entry] = true;
  order.reserve(count);
  for (std::size_t next = 0; next < order.size(); ++next) {
    links.each(order[next], [&](NodeId id) {
      if (placed[id]) return;
      placed[id] = true;
      order.push_back(id);
    });
  }
  // What only another entry point leads to.
  for (NodeId node = 0; node < count; ++node) {
    if (!placed[node]) order.push_back(node);
  }
  return order;
}`,
  'cuthill-mckee': `// Reverse Cuthill-McKee (1969): breadth first, each node's unplaced neighbours by rising number of links, and all of it back
// to front. Keeps the numbers of linked nodes close to each other.
inline std::vector<NodeId> locality_order(Links& links, std::uint32_t count, NodeId entry) {
  std::vector<std::uint32_t> sizes(count);
  for (NodeId node = 0; node < count; ++node) links.each(node, [&](NodeId) { ++sizes[node]; });
  std::vector<NodeId> order{entry};
  std::vector<bool> placed(count);
  placed[entry] = true;
  order.reserve(count);
  for (std::size_t next = 0; next < order.size(); ++next) {
    const std::size_t first = order.size();
    links.each(order[next], [&](NodeId id) {
      if (placed[id]) return;
      placed[id] = true;
      order.push_back(id);
    });
    std::sort(order.begin() + first, order.end(), [&](NodeId a, NodeId b) { return sizes[a] < sizes[b]; });
  }
  // What only another entry point leads to.
  for (NodeId node = 0; node < count; ++node) {
    if (!placed[node]) order.push_back(node);
  }
  std::reverse(order.begin(), order.end());
  return order;
}`,
  window: `// Greedily, next to the last few nodes the one that is linked with them most (Gorder, Wei et al. 2016; for neighbour graphs
// Coleman et al. 2021). Links count from either end, for a search reads both ends of a link shortly after each other.
inline std::vector<NodeId> locality_order(Links& links, std::uint32_t count, NodeId entry) {
  constexpr std::size_t window = 5;
  std::vector<std::vector<NodeId>> linked_from(count);
  for (NodeId node = 0; node < count; ++node) {
    links.each(node, [&](NodeId id) { linked_from[id].push_back(node); });
  }
  // A score changes often, and its entries in the queue are left behind: one is good if its score is still the node's.
  std::vector<std::int32_t> scores(count);
  std::priority_queue<std::pair<std::int32_t, NodeId>> best;
  std::vector<bool> placed(count);
  const auto change = [&](NodeId node, std::int32_t by) {
    const auto count_links = [&](NodeId id) {
      if (placed[id]) return;
      scores[id] += by;
      if (scores[id] > 0) best.push({scores[id], id});
    };
    links.each(node, count_links);
    for (const NodeId id : linked_from[node]) count_links(id);
  };

  std::vector<NodeId> order;
  order.reserve(count);
  const auto place = [&](NodeId node) {
    placed[node] = true;
    if (order.size() >= window) change(order[order.size() - window], -1);
    order.push_back(node);
    change(node, 1);
  };
  place(entry);
  for (NodeId next_unplaced = 0; order.size() < count;) {
    NodeId chosen = no_node;
    while (!best.empty() && chosen == no_node) {
      const auto [score, id] = best.top();
      best.pop();
      if (!placed[id] && scores[id] == score) chosen = id;
    }
    while (chosen == no_node) {
      if (!placed[next_unplaced]) chosen = next_unplaced;
      ++next_unplaced;
    }
    place(chosen);
  }
  return order;
}`,
};

function renumber({ entry }: Choices): string {
  const layered = entry === 'layers';
  return `// Gives node order[i] the number i everywhere.
inline void renumber(annvil::Graph& graph, std::vector<NodeId> order) {
  std::vector<NodeId> number(graph.count);
  for (NodeId i = 0; i < graph.count; ++i) number[order[i]] = i;
  const auto renamed = [&](NodeId id) { return id == no_node ? no_node : number[id]; };

  HugeArray<NodeId> edges(graph.edges.size());
  for (NodeId i = 0; i < graph.count; ++i) {
    const NodeId* row = graph.row(order[i]);
    std::transform(row, row + graph.degree, edges.data() + std::size_t{i} * graph.degree, renamed);
  }
  graph.edges = std::move(edges);
  std::transform(graph.entry_points.begin(), graph.entry_points.end(), graph.entry_points.begin(), renamed);
${layered ? layers : ''}  graph.original_id = std::move(order);
}`;
}

const layers = `  for (Layer& layer : graph.layers) {
    std::vector<std::pair<NodeId, std::size_t>> rows;  // new number, old place
    for (std::size_t i = 0; i < layer.nodes.size(); ++i) rows.push_back({number[layer.nodes[i]], i});
    std::sort(rows.begin(), rows.end());
    std::vector<NodeId> old = std::move(layer.edges);
    layer.nodes.clear();
    layer.edges.clear();
    for (const auto& [node, place] : rows) {
      layer.nodes.push_back(node);
      const auto row = old.begin() + place * layer.degree;
      std::transform(row, row + layer.degree, std::back_inserter(layer.edges), renamed);
    }
  }
`;

const layersFirst = `// Moves the nodes of upper layers to the front, the topmost layer's first: every search reads some of them, so that
// lying together they stay in the caches.
inline void put_layers_first(const std::vector<Layer>& layers, std::vector<NodeId>& order) {
  std::vector<std::uint32_t> depth(order.size(), static_cast<std::uint32_t>(layers.size()));
  for (std::uint32_t i = static_cast<std::uint32_t>(layers.size()); i-- > 0;) {
    for (const NodeId node : layers[i].nodes) depth[node] = i;
  }
  std::stable_sort(order.begin(), order.end(), [&](NodeId a, NodeId b) { return depth[a] < depth[b]; });
}`;
