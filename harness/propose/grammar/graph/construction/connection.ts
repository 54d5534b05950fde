/** Makes every node reachable from the entry points. */
export function connection(): string {
  return `// Gives every node a way in from the entry points: pruning may have dropped the last link to one. Where the nearest nodes
// are full, a link that no other node depends on makes room.
inline void make_reachable(const Rows& rows, Links& links, const std::vector<NodeId>& entry_points, Scratch& scratch) {
  std::vector<NodeId> parent(rows.count(), no_node);  // by which link a node was reached first
  std::vector<NodeId> reached;
  std::size_t next = 0;
  const auto spread = [&](NodeId from, NodeId by) {
    parent[from] = by;
    reached.push_back(from);
    for (; next < reached.size(); ++next) {
      const NodeId node = reached[next];
      links.each(node, [&](NodeId id) {
        if (parent[id] != no_node) return;
        parent[id] = node;
        reached.push_back(id);
      });
    }
  };
  const auto adopt = [&](NodeId node, Neighbour orphan) {
    auto& row = scratch.kept;
    links.read(node, row);
    if (row.size() < links.degree()) {
      row.push_back(orphan);
    } else {
      const auto spare =
          std::find_if(row.rbegin(), row.rend(), [&](const Neighbour& other) { return parent[other.id] != node; });
      if (spare == row.rend()) return false;
      *spare = orphan;
    }
    links.write(node, row);
    return true;
  };

  for (const NodeId entry : entry_points) {
    if (parent[entry] == no_node) spread(entry, entry);
  }
  for (NodeId node = 0; node < rows.count(); ++node) {
    if (parent[node] != no_node) continue;
    beam_search(rows, links, node, entry_points.front(), 64, scratch);
    // The node reached last leads nowhere new, so it has room even if no near one has.
    scratch.pool.push_back({rows.distance(node, reached.back()), reached.back(), false});
    for (const Candidate& near : scratch.pool) {
      if (!adopt(near.id, {near.distance, node})) continue;
      spread(node, near.id);
      break;
    }
  }
}`;
}
