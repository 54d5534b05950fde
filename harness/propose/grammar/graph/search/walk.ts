import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';
import { expandBlocks } from './expand-blocks.ts';
import { expandRow } from './expand-row.ts';

/** The Search class itself: prepares, walks the graph, hands over what it found. */
export function walk(choices: Choices): Part {
  const inlined = choices.layout === 'inlined';
  const set = choices.visited !== 'pool';
  const batched = !inlined && choices.batch !== 'single';
  const cap = choices.edges === 'all' ? 'graph.degree' : `std::min(graph.degree, ${choices.edges}u)`;
  return {
    std: ['algorithm', 'cstddef', 'cstdint', 'span', ...(inlined ? ['bit', 'cstring'] : [])],
    contract: [
      'graph.hpp',
      'memory.hpp',
      'vectors.hpp',
      ...(inlined || choices.batch === 'fours' ? ['codes_batch.hpp'] : []),
    ],
    text: lines(
      `template <annvil::Metric metric>
class Search {
  using Coder = searching::Coder;

 public:
  Search(annvil::Vectors base, const annvil::Graph& graph)
      : coder_(base),
        entrance_(graph, base, coder_),`,
      inlined
        ? `        count_(graph.count),
        blocks_((${cap} + annvil::block_rows - 1) / annvil::block_rows),
        records_(graph.count * record_bytes()) {
    const std::uint32_t degree = ${cap};
    annvil::HugeArray<Coder::Row> codes(std::size_t{base.count} * coder_.row_stride());
    for (annvil::NodeId i = 0; i < base.count; ++i) coder_.write_row(base[i], codes.data() + i * coder_.row_stride());
    for (annvil::NodeId i = 0; i < base.count; ++i) {
      std::byte* record = records_.data() + i * record_bytes();
      auto* ids = reinterpret_cast<annvil::NodeId*>(record);
      std::fill_n(ids, blocks_ * annvil::block_rows, annvil::no_node);
      for (std::uint32_t j = 0; j < degree && graph.row(i)[j] != annvil::no_node; ++j) {
        ids[j] = graph.row(i)[j];
        auto* block = reinterpret_cast<std::uint8_t*>(record + ids_bytes() + j / annvil::block_rows * block_bytes());
        const std::uint8_t* row = codes.data() + ids[j] * coder_.row_stride();
        annvil::put_in_block(row, coder_.row_size(), j % annvil::block_rows, block);
      }
    }
  }`
        : `        graph_(graph),
        degree_(${cap}),
        codes_(std::size_t{base.count} * coder_.row_stride()) {
    for (annvil::NodeId i = 0; i < base.count; ++i) coder_.write_row(base[i], codes_.data() + i * coder_.row_stride());
  }`,
      `
  std::size_t scratch_bytes(std::uint32_t effort, std::uint32_t k) const {
    return query_bytes() + pool_bytes(effort, k)${set ? ` +\n           ${visitedBytes(choices)}` : ''}${batched ? ' + degree_ * sizeof(annvil::NodeId)' : ''};
  }

  std::uint32_t search(const float* vector, std::uint32_t effort, std::uint32_t k, std::span<std::byte> scratch,
                       std::span<annvil::Neighbour> found) const {
    auto* query = reinterpret_cast<Coder::Query*>(scratch.data());
    searching::Pool pool(reinterpret_cast<std::uint64_t*>(scratch.data() + query_bytes()), capacity(effort, k));`,
      set &&
        `    std::byte* rest = scratch.data() + query_bytes() + pool_bytes(effort, k);
    searching::Visited visited(rest${choices.visited === 'table' ? ', expected(effort, k)' : ''});`,
      batched &&
        (set
          ? `    auto* batch = reinterpret_cast<annvil::NodeId*>(rest + ${visitedBytes(choices)});`
          : '    auto* batch = reinterpret_cast<annvil::NodeId*>(scratch.data() + query_bytes() + pool_bytes(effort, k));'),
      `
    coder_.write_query(vector, query);
    entrance_.find(coder_, query, [&](std::uint32_t distance, annvil::NodeId node) {`,
      set
        ? `      if (visited.insert(node) && distance < pool.limit()) pool.insert(distance, node);`
        : '      if (distance < pool.limit()) pool.insert(distance, node);',
      `    });
`,
      loopHead(choices),
      inlined ? expandBlocks(choices) : expandRow(choices),
      choices.stopping === 'patience' && '      fruitless = pool.take_highest() < k ? 0 : fruitless + 1;',
      `    }

    for (std::uint32_t i = 0; i < pool.size(); ++i) found[i] = {Coder::as_float(pool.distance(i)), pool.node(i)};
    return pool.size();
  }

 private:`,
      capacity(choices),
      `  static std::size_t pool_bytes(std::uint32_t effort, std::uint32_t k) {
    return annvil::round_up(capacity(effort, k) * sizeof(std::uint64_t), annvil::cache_line);
  }
  std::size_t query_bytes() const {
    return annvil::round_up(coder_.query_size() * sizeof(Coder::Query), annvil::cache_line);
  }`,
      choices.visited === 'table' &&
        `  // Nodes that a walk may meet: it expands about \`effort\` and some on the way, few of them with all neighbours new.
  std::uint32_t expected(std::uint32_t effort, std::uint32_t k) const {
    return std::min(${inlined ? 'count_' : 'graph_.count'}, (std::max(effort, k) + 8) * ${inlined ? 'static_cast<std::uint32_t>(blocks_ * annvil::block_rows)' : 'degree_'});
  }`,
      inlined
        ? `  std::size_t ids_bytes() const { return blocks_ * annvil::block_rows * sizeof(annvil::NodeId); }
  std::size_t block_bytes() const { return annvil::block_rows * coder_.row_size(); }
  std::size_t record_bytes() const { return ids_bytes() + blocks_ * block_bytes(); }
  const std::byte* record(annvil::NodeId node) const { return records_.data() + node * record_bytes(); }
`
        : `  const Coder::Row* row(annvil::NodeId node) const { return codes_.data() + node * coder_.row_stride(); }
`,
      choices['prefetch-next'] !== 'no' &&
        lines(
          '  void prefetch_edges(annvil::NodeId node) const {',
          inlined
            ? `    annvil::prefetch(record(node), ${choices['prefetch-record'] === 'all' ? 'record_bytes() / annvil::cache_line' : choices['prefetch-record']});`
            : `    const std::size_t bytes = degree_ * sizeof(annvil::NodeId);
    annvil::prefetch(graph_.row(node), (bytes + annvil::cache_line - 1) / annvil::cache_line);`,
          '  }\n',
        ),
      `  Coder coder_;
  searching::Entrance entrance_;`,
      inlined
        ? `  std::uint32_t count_;
  std::size_t blocks_;
  annvil::HugeArray<std::byte> records_;  // a node's neighbours: their ids, then their codes in blocks`
        : `  const annvil::Graph& graph_;
  std::uint32_t degree_;
  annvil::HugeArray<Coder::Row> codes_;`,
      '};',
    ),
  };
}

function visitedBytes(choices: Choices): string {
  if (choices.visited === 'table') return 'searching::Visited::bytes(expected(effort, k))';
  return `searching::Visited::bytes(${choices.layout === 'inlined' ? 'count_' : 'graph_.count'})`;
}

/** As many as refinement can use, and never fewer than the effort. */
function capacity(choices: Choices): string {
  const size = choices['pool-size']!;
  const kept = size === '1' ? 'k' : size === '1.5' ? '(3 * k + 1) / 2' : `${size} * k`;
  return `  // More than the walk expands, so that refinement has something to choose from.
  static std::uint32_t capacity(std::uint32_t effort, std::uint32_t k) { return std::max(effort, ${kept}); }`;
}

function loopHead({ stopping }: Choices): string {
  switch (stopping) {
    case 'patience':
      return `    // Stops when \`effort\` expansions in a row have brought nothing among the best k.
    std::uint32_t fruitless = 0;
    for (std::uint32_t at; fruitless < effort && (at = pool.next()) < pool.size();) {
      pool.mark_expanded(at);`;
    case 'ratio':
      return `    // Stops when the closest node left is farther than effort / 16 times the k-th best: easy queries stop early.
    for (std::uint32_t at; (at = pool.next()) < pool.size();) {
      const float reach = static_cast<float>(effort) / 16;
      if (at > 0 && pool.size() >= k &&
          Coder::as_float(pool.distance(at)) > reach * Coder::as_float(pool.distance(k - 1))) {
        break;
      }
      pool.mark_expanded(at);`;
    default:
      return `    for (std::uint32_t at; (at = pool.next()) < std::min(effort, pool.size());) {
      pool.mark_expanded(at);`;
  }
}
