import type { Choices } from '../../../../core/policy.ts';

/** Best-first search over the growing graph, and what it leaves for pruning. */
export function beam(choices: Choices): string {
  const near = choices.distances === 'float32' ? 'distance' : 'rough';
  return `struct Candidate {
  float distance;
  NodeId id;
  bool expanded;
};

// What one thread needs to search and prune; kept between calls, so that none of them allocates.
struct alignas(annvil::cache_line) Scratch {
  explicit Scratch(std::uint32_t count) : seen(count) {}

  std::vector<std::uint32_t> seen;  // by node: the last search that met it
  std::uint32_t searches = 0;
  std::vector<Candidate> pool;  // closest first
  std::vector<NodeId> unseen;
  std::vector<Neighbour> candidates, chosen, kept${choices.fill === 'nearest' ? ', dropped' : ''};
};

// Best-first search around row \`query\` from node \`entry\`: leaves the \`width\` closest nodes it met in scratch.pool.
inline void beam_search(const Rows& rows, Links& links, NodeId query, NodeId entry, std::size_t width,
                        Scratch& scratch) {
  auto& pool = scratch.pool;
  const std::uint32_t search = ++scratch.searches;
  scratch.seen[entry] = search;
  pool.clear();
  pool.push_back({rows.${near}(query, entry), entry, false});
  for (std::size_t next = 0; next < pool.size();) {
    if (pool[next].expanded) {
      ++next;
      continue;
    }
    pool[next].expanded = true;
    scratch.unseen.clear();
    links.each(pool[next].id, [&](NodeId id) {
      if (scratch.seen[id] == search) return;
      scratch.seen[id] = search;
      scratch.unseen.push_back(id);
    });
    for (std::size_t i = 0; i < scratch.unseen.size(); ++i) {
      if (i + 1 < scratch.unseen.size()) rows.prefetch(scratch.unseen[i + 1]);
      const NodeId id = scratch.unseen[i];
      const float distance = rows.${near}(query, id);
      if (pool.size() == width) {
        if (distance >= pool.back().distance) continue;
        pool.pop_back();
      }
      const auto place = std::upper_bound(pool.begin(), pool.end(), distance,
                                          [](float value, const Candidate& other) { return value < other.distance; });
      next = std::min<std::size_t>(next, place - pool.begin());
      pool.insert(place, {distance, id, false});
    }
  }
}

${near === 'rough' ? surroundingsOfCodes : surroundings}`;
}

const surroundings = `// What the last search found, without the node itself, as candidates for its links.
inline void surroundings(NodeId node, Scratch& scratch) {
  scratch.candidates.clear();
  for (const Candidate& found : scratch.pool) {
    if (found.id != node) scratch.candidates.push_back({found.distance, found.id});
  }
}`;

const surroundingsOfCodes = `// What the last search found, without the node itself, as candidates for its links: at their true distances, closest first.
inline void surroundings(const Rows& rows, NodeId node, Scratch& scratch) {
  scratch.candidates.clear();
  for (const Candidate& found : scratch.pool) {
    if (found.id != node) scratch.candidates.push_back({rows.distance(node, found.id), found.id});
  }
  std::sort(scratch.candidates.begin(), scratch.candidates.end());
}`;
