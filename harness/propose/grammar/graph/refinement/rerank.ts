import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';

const sorts = ({ selection }: Choices): boolean => selection === 'sort';
const checks = ({ check }: Choices): boolean => check !== undefined && check !== 'none';
const copies = ({ precision }: Choices): boolean => precision !== 'float32';

/** The closest so far, where they are kept in order; undefined where all are sorted at the end. */
export function best(choices: Choices): Part | undefined {
  if (sorts(choices) && !checks(choices)) return undefined;
  const limits = choices.abandon !== 'never';
  const limit = limits
    ? `  float limit() const {
    return size_ < capacity_ ? std::numeric_limits<float>::infinity() : entries_[capacity_ - 1].distance;
  }
`
    : '';
  return {
    std: ['cstdint', ...(limits ? ['limits'] : [])],
    contract: ['vectors.hpp'],
    text: `// The closest candidates so far, ascending. There are few: insertion beats a heap.
class Best {
 public:
  Best(annvil::Neighbour* entries, std::uint32_t capacity) : entries_(entries), capacity_(capacity) {}

  std::uint32_t size() const { return size_; }
  const annvil::Neighbour& operator[](std::uint32_t i) const { return entries_[i]; }
${limit}
  void insert(const annvil::Neighbour& entry) {
    if (size_ == capacity_ && !(entry < entries_[size_ - 1])) return;
    std::uint32_t at = size_ < capacity_ ? size_++ : size_ - 1;
    for (; at > 0 && entry < entries_[at - 1]; --at) entries_[at] = entries_[at - 1];
    entries_[at] = entry;
  }

 private:
  annvil::Neighbour* entries_;
  std::uint32_t capacity_, size_ = 0;
};`,
  };
}

function multiple(factor: string): string {
  if (factor === '1') return 'k';
  if (factor === '1.2') return '(6 * k + 4) / 5';
  if (factor === '1.5') return '(3 * k + 1) / 2';
  return `${factor} * k`;
}

/** The Refinement class itself. */
export function rerank(choices: Choices): Part {
  const copied = copies(choices);
  const checked = checks(choices);
  const sorted = sorts(choices);
  const all = choices.rerank === 'all';
  const abandons = choices.abandon !== 'never';
  const rowsType = copied || abandons ? 'refining::Rows' : 'refining::Rows<metric>';
  const count = all
    ? 'static_cast<std::uint32_t>(candidates.size())'
    : `std::min(static_cast<std::uint32_t>(candidates.size()), ${multiple(choices.rerank!)})`;
  const query = copied ? 'query' : 'vector';
  const ahead = choices['prefetch-ahead']!;
  return {
    std: ['algorithm', 'cstddef', 'cstdint', 'span'],
    contract: ['memory.hpp', 'vectors.hpp', ...(checked ? ['distance.hpp'] : [])],
    text: lines(
      `template <annvil::Metric metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors base) : ${checked ? 'base_(base), ' : ''}rows_(base) {}
`,
      `  std::size_t scratch_bytes([[maybe_unused]] std::uint32_t candidates, ${sorted && !checked ? '[[maybe_unused]] ' : ''}std::uint32_t k) const {
    return ${[
      ...(copied ? ['rows_.query_bytes()'] : []),
      `${sorted ? 'candidates' : checked ? 'kept(k)' : 'k'} * sizeof(annvil::Neighbour)`,
      ...(checked ? ['k * sizeof(annvil::Neighbour)'] : []),
    ].join(' + ')};
  }
`,
      `  void refine(const float* vector, std::span<const annvil::Neighbour> candidates, std::span<std::byte> scratch,
              std::span<annvil::NodeId> nearest) const {
    const auto k = static_cast<std::uint32_t>(nearest.size());
    const std::uint32_t count = ${count};`,
      copied
        ? `    auto* query = reinterpret_cast<refining::Rows::Query*>(scratch.data());
    rows_.write_query(vector, query);
    auto* entries = reinterpret_cast<annvil::Neighbour*>(scratch.data() + rows_.query_bytes());`
        : '    auto* entries = reinterpret_cast<annvil::Neighbour*>(scratch.data());',
      !sorted && `    refining::Best best(entries, ${checked ? 'kept(k)' : 'k'});`,
      ahead !== '0' &&
        (ahead === 'all'
          ? '    for (std::uint32_t i = 0; i < count; ++i) rows_.prefetch(candidates[i].id);'
          : `    constexpr std::uint32_t ahead = ${ahead};
    for (std::uint32_t i = 0; i < std::min(ahead, count); ++i) rows_.prefetch(candidates[i].id);`),
      '    for (std::uint32_t i = 0; i < count; ++i) {',
      ahead !== '0' && ahead !== 'all' && '      if (i + ahead < count) rows_.prefetch(candidates[i + ahead].id);',
      '      const annvil::NodeId id = candidates[i].id;',
      sorted
        ? `      entries[i] = {rows_.distance(${query}, id), id};`
        : `      best.insert({rows_.distance(${query}, id${abandons ? ', best.limit()' : ''}), id});`,
      '    }',
      sorted &&
        `    const std::uint32_t kept_count = std::min(count, ${checked ? 'kept(k)' : 'k'});
    std::partial_sort(entries, entries + kept_count, entries + count);`,
      ...(checked
        ? [
            `
    // The copy has brought few enough to compare exactly.
    refining::Best exact(entries + ${sorted ? 'count' : 'kept(k)'}, k);`,
            sorted
              ? `    for (std::uint32_t i = 0; i < kept_count; ++i) {
      const annvil::NodeId id = entries[i].id;`
              : `    for (std::uint32_t i = 0; i < best.size(); ++i) {
      const annvil::NodeId id = best[i].id;`,
            `      exact.insert({annvil::distance<metric>(vector, base_[id], base_.stride), id});
    }
    for (std::uint32_t i = 0; i < exact.size(); ++i) nearest[i] = exact[i].id;`,
          ]
        : [
            sorted
              ? '    for (std::uint32_t i = 0; i < kept_count; ++i) nearest[i] = entries[i].id;'
              : '    for (std::uint32_t i = 0; i < best.size(); ++i) nearest[i] = best[i].id;',
          ]),
      `  }

 private:`,
      checked &&
        `  static std::uint32_t kept(std::uint32_t k) { return ${multiple(choices.check!)}; }
`,
      checked && '  annvil::Vectors base_;',
      `  ${rowsType} rows_;
};`,
    )
      .replace('[[maybe_unused]] std::uint32_t candidates', sorted ? 'std::uint32_t candidates' : 'std::uint32_t')
      .replace('[[maybe_unused]] std::uint32_t k) const', 'std::uint32_t) const'),
  };
}
