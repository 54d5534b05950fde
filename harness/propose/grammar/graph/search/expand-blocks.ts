import type { Choices } from '../../../../core/policy.ts';
import { lines } from '../../part.ts';
import { insertion, prefetchesRunnerUp } from './prefetch-edges.ts';

/** Statements that look at a node's neighbours, whose codes are inlined in blocks. */
export function expandBlocks(choices: Choices): string {
  const set = choices.visited !== 'pool';
  const kernel = choices.width === '7-bit' ? 'squared_l2_u7_block' : 'squared_l2_u4_block';
  return lines(
    '      const std::byte* neighbours = record(pool.node(at));',
    prefetchesRunnerUp(choices) &&
      `      if (const std::uint32_t next = pool.next(); next < pool.size()) prefetch_edges(pool.node(next));`,
    `      for (std::size_t b = 0; b < blocks_; ++b) {
        const auto* ids = reinterpret_cast<const annvil::NodeId*>(neighbours) + b * annvil::block_rows;
        const auto* block = reinterpret_cast<const std::uint8_t*>(neighbours + ids_bytes() + b * block_bytes());
        std::uint32_t distances[annvil::block_rows];
        annvil::${kernel}(query, block, coder_.row_size(), distances);
        // Few are near enough to matter; an empty lane is sorted out only then.
        for (std::uint32_t nearer = annvil::lanes_below(distances, pool.limit()); nearer != 0; nearer &= nearer - 1) {
          const auto lane = static_cast<std::uint32_t>(std::countr_zero(nearer));
          if (ids[lane] == annvil::no_node${set ? ' || !visited.insert(ids[lane])' : ''}) continue;
          const std::uint32_t distance = distances[lane];
          ${insertion(choices, 'ids[lane]')}
        }
      }`,
  );
}
