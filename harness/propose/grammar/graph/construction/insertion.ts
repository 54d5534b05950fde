import type { Choices } from '../../../../core/policy.ts';

/** Inserts nodes one by one, each linked both ways to what pruning leaves of its surroundings. */
export function insertion(choices: Choices): string {
  return `// Adds \`to\` to the links of \`from\`, and prunes them when they overflow.
inline void add_link(const Rows& rows, Links& links, NodeId from, Neighbour to, Scratch& scratch) {
  auto& row = scratch.candidates;
  const std::lock_guard guard(links.lock(from));
  links.read(from, row);
  // Two nodes that are inserted at once may each have found the other.
  if (std::any_of(row.begin(), row.end(), [&](const Neighbour& other) { return other.id == to.id; })) return;
  row.push_back(to);
  if (row.size() <= links.degree()) {
    links.write(from, row);
  } else {
    std::sort(row.begin(), row.end());
    prune(rows, links.degree(), scratch);
    links.write(from, scratch.kept);
  }
}

inline void insert(const Rows& rows, Links& links, NodeId node, NodeId entry, Scratch& scratch) {
  beam_search(rows, links, node, entry, beam_width, scratch);
  ${surroundingsCall(choices)};
  prune(rows, std::min(new_links, links.degree()), scratch);
  std::swap(scratch.kept, scratch.chosen);
  {
    // Before anybody can find the node and link to it: links that others add must not be overwritten.
    const std::lock_guard guard(links.lock(node));
    links.write(node, scratch.chosen);
  }
  for (const Neighbour& neighbour : scratch.chosen) {
    add_link(rows, links, neighbour.id, {neighbour.distance, node}, scratch);
  }
}`;
}

/** Codes are replaced by true distances before pruning. */
export const surroundingsCall = ({ distances }: Choices): string =>
  distances === 'float32' ? 'surroundings(node, scratch)' : 'surroundings(rows, node, scratch)';
