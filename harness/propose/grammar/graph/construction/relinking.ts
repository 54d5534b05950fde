import type { Choices } from '../../../../core/policy.ts';
import { lines } from '../../part.ts';
import { surroundingsCall } from './insertion.ts';

/** A second pass over the finished graph. */
export function relinking(choices: Choices): string {
  if (choices.passes === '1') return '';
  return choices.backward === 'none' ? relink(choices) : `${relink(choices)}\n\n${reverse(choices)}`;
}

function relink(choices: Choices): string {
  return lines(
    `// Links every node anew to what pruning leaves of its surroundings in the finished graph: the first pass knew only the nodes
// inserted before (the second pass of Vamana, Subramanya et al. 2019; the pools of NSG, Fu et al. 2019). The new rows are
// written beside the old ones, so threads need no locks and any number of them gives the same graph.
inline Links relink(const Rows& rows, Links& old, std::uint32_t threads, std::vector<Scratch>& scratches) {
  Links links(rows.count(), old.degree());
  annvil::parallel_for(rows.count(), threads, 64, [&](std::size_t i, std::uint32_t thread) {
    const auto node = static_cast<NodeId>(i);
    Scratch& scratch = scratches[thread];
    // From the node itself: its links are good enough to start from.
    beam_search(rows, old, node, node, relink_width, scratch);
    ${surroundingsCall(choices)};
    prune(rows, std::min(new_links, links.degree()), scratch);
    links.write(node, scratch.kept);
  });
  return links;
}`,
  );
}

function reverse({ backward }: Choices): string {
  const always = backward === 'pruned';
  return lines(
    `// Offers every link to its other end too, and ${always ? 'prunes own links and offers together' : 'prunes where both kinds together overflow'}. All offers to a node are weighed at
// once, so the result depends on no order.
inline void link_back(const Rows& rows, Links& links, std::uint32_t threads, std::vector<Scratch>& scratches) {
  std::vector<std::size_t> ends(rows.count() + std::size_t{1});  // by node: where its offers end, of those filed
  for (NodeId node = 0; node < rows.count(); ++node) links.each(node, [&](NodeId id) { ++ends[id + std::size_t{1}]; });
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<Neighbour> offers(ends.back());
  std::vector<Neighbour> row;
  for (NodeId node = 0; node < rows.count(); ++node) {
    links.read(node, row);
    for (const Neighbour& to : row) offers[ends[to.id]++] = {to.distance, node};
  }
  annvil::parallel_for(rows.count(), threads, 64, [&](std::size_t i, std::uint32_t thread) {
    const auto node = static_cast<NodeId>(i);
    Scratch& scratch = scratches[thread];
    auto& candidates = scratch.candidates;
    links.read(node, candidates);
    candidates.insert(candidates.end(), offers.begin() + (i == 0 ? 0 : ends[i - 1]), offers.begin() + ends[i]);
    std::sort(candidates.begin(), candidates.end());
    const auto same = [](const Neighbour& a, const Neighbour& b) { return a.id == b.id; };
    candidates.erase(std::unique(candidates.begin(), candidates.end(), same), candidates.end());`,
    always
      ? `    prune(rows, links.degree(), scratch);
    links.write(node, scratch.kept);`
      : `    if (candidates.size() <= links.degree()) {
      links.write(node, candidates);
    } else {
      prune(rows, links.degree(), scratch);
      links.write(node, scratch.kept);
    }`,
    '  });',
    '}',
  );
}
