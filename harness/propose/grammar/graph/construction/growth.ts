import type { Choices } from '../../../../core/policy.ts';
import { lines } from '../../part.ts';

/** In which order nodes are inserted, and what happens between. */
export function growth(choices: Choices): string {
  return choices.entry === 'layers' ? stagedGrowth(choices) : flatGrowth;
}

function stagedGrowth({ order }: Choices): string {
  const shuffled = order === 'random';
  return lines(
    `// Inserts all nodes, and returns the layers, topmost first. Each layer is a snapshot of the graph over the first nodes, a
// random sample: what is inserted first gets long links, so a layer is what HNSW would build for it, at no cost of its own.
inline std::vector<Layer> grow(const Rows& rows, Links& links, std::span<${shuffled ? 'const ' : ''}NodeId> order, std::uint32_t threads,
                               std::vector<Scratch>& scratches) {
  std::vector<std::size_t> ends{order.size()};
  while (ends.back() / layer_ratio >= layer_ratio) ends.push_back(ends.back() / layer_ratio);
  std::vector<Layer> layers;
  std::size_t start = 1;  // the first node has nobody to be linked to
  for (; !ends.empty(); ends.pop_back()) {
    const std::size_t end = ends.back();`,
    !shuffled && '    std::sort(order.begin() + start, order.begin() + end);',
    `    // So few nodes that each should see all before it come first.
    const std::uint32_t helpers = start == 1 ? 1 : threads;
    annvil::parallel_for(end - start, helpers, 16, [&](std::size_t i, std::uint32_t thread) {
      const NodeId node = order[start + i];
      insert(rows, links, node, descend(rows, layers, order.front(), node), scratches[thread]);
    });
    if (ends.size() > 1) layers.push_back(snapshot(rows, links, order.first(end), threads, scratches));
    start = end;
  }
  return layers;
}`,
  );
}

const flatGrowth = `// Inserts all nodes, the first of \`order\` being where every search starts.
inline void grow(const Rows& rows, Links& links, std::span<const NodeId> order, std::uint32_t threads,
                 std::vector<Scratch>& scratches) {
  const std::size_t alone = std::min<std::size_t>(order.size(), 256);  // so few that each should see all before it
  for (std::size_t i = 1; i < alone; ++i) insert(rows, links, order[i], order.front(), scratches.front());
  annvil::parallel_for(order.size() - alone, threads, 16, [&](std::size_t i, std::uint32_t thread) {
    insert(rows, links, order[alone + i], order.front(), scratches[thread]);
  });
}`;
