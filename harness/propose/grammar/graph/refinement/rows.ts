import type { Choices } from '../../../../core/policy.ts';
import { comment, lines, type Part } from '../../part.ts';

/** The rows that candidates are compared by: the base itself, or a copy in fewer bits. */
export function rows(choices: Choices): Part {
  switch (choices.precision) {
    case 'fp16':
      return copy(choices, halves(choices));
    case '8-bit':
      return copy(choices, bytes(choices));
    default:
      return exact(choices);
  }
}

/** What the text of a copy differs in from one format to the next. */
interface Format {
  readonly value: string;
  readonly query: string;
  readonly kernel: string;
  readonly headers: readonly string[];
  readonly std: readonly string[];
  readonly quantum: number;
  readonly about: string;
  /** Statements that find the scale. */
  readonly scale: string;
  /** Statements that write `row` or `query` from `vector`. */
  readonly writeRow: string;
  readonly writeQuery: string;
  /** Bytes behind a query that writing it needs. */
  readonly extra: string;
  readonly members: string;
}

const unit = [
  'Rows and queries under the inner product have unit length and rank alike by squared L2, so both metrics use that.',
];

function halves({ order }: Choices): Format {
  const at = order === 'variance' ? 'order_[d]' : 'd';
  return {
    value: 'annvil::Half',
    query: 'float',
    kernel: 'squared_l2_half',
    headers: ['half.hpp'],
    std: ['cmath'],
    quantum: 16,
    about: 'A copy of the base in 16-bit floats, scaled alike so that none overflows.',
    scale: `    float largest = 1e-30f;
    for (annvil::NodeId i = 0; i < base.count; ++i) {
      for (std::uint32_t d = 0; d < base.dimension; ++d) largest = std::max(largest, std::abs(base[i][d]));
    }
    scale_ = 1024 / largest;`,
    writeRow: `    for (std::uint32_t d = 0; d < dimension_; ++d) row[d] = static_cast<Value>(vector[${at}] * scale_);`,
    writeQuery: `    for (std::uint32_t d = 0; d < dimension_; ++d) query[d] = vector[${at}] * scale_;`,
    extra: '',
    members: '  float scale_;',
  };
}

function bytes({ order }: Choices): Format {
  const write = (out: string, levels: string): string =>
    order === 'variance'
      ? `${levels}
    annvil::quantise(vector, padded_, low_, scale_, 255, levels);
    for (std::uint32_t d = 0; d < dimension_; ++d) ${out}[d] = levels[order_[d]];`
      : `    annvil::quantise(vector, padded_, low_, scale_, 255, ${out});`;
  return {
    value: 'std::uint8_t',
    query: 'std::uint8_t',
    kernel: 'squared_l2_u8',
    headers: ['codes.hpp', 'quantise.hpp'],
    std: ['limits', ...(order === 'variance' ? ['vector'] : [])],
    quantum: 32,
    about: 'A copy of the base in bytes, on one scale for all dimensions, which keeps distances in proportion.',
    scale: `    low_ = std::numeric_limits<float>::max();
    float high = std::numeric_limits<float>::lowest();
    for (annvil::NodeId i = 0; i < base.count; ++i) {
      for (std::uint32_t d = 0; d < base.dimension; ++d) {
        low_ = std::min(low_, base[i][d]);
        high = std::max(high, base[i][d]);
      }
    }
    scale_ = 255 / std::max(high - low_, 1e-30f);`,
    writeRow: write('row', '    std::vector<std::uint8_t> memory(padded_);\n    std::uint8_t* levels = memory.data();'),
    writeQuery: write('query', '    std::uint8_t* levels = query + size_;'),
    extra: order === 'variance' ? ' + padded_' : '',
    members: '  std::size_t padded_;\n  float low_, scale_;',
  };
}

function copy(choices: Choices, format: Format): Part {
  const sorted = choices.order === 'variance';
  const usesPadded = format.value === 'std::uint8_t';
  const usesDimension = sorted || !usesPadded;
  return {
    std: ['algorithm', 'cstddef', 'cstdint', ...format.std, ...(sorted ? ['numeric', 'vector'] : [])],
    contract: [...format.headers, 'memory.hpp', 'vectors.hpp'],
    text: lines(
      comment([
        format.about,
        ...unit,
        ...(sorted
          ? ['Dimensions of most variance come first: then a part of a distance tells early that the whole is too far.']
          : []),
      ]),
      `class Rows {
 public:
  using Value = ${format.value};
  using Query = ${format.query};

  explicit Rows(annvil::Vectors base)`,
      usesDimension ? '      : dimension_(base.dimension),' : false,
      `      ${usesDimension ? '  ' : ': '}size_(annvil::round_up(base.dimension, ${format.quantum})),
        stride_(annvil::round_up(size_, annvil::cache_line / sizeof(Value))),`,
      usesPadded && '        padded_(annvil::round_up(base.dimension, 16)),',
      `        values_(base.count * stride_) {`,
      format.scale,
      sorted && byVariance,
      `    for (annvil::NodeId i = 0; i < base.count; ++i) write_row(base[i], values_.data() + i * stride_);
  }

  std::size_t query_bytes() const { return annvil::round_up(size_ * sizeof(Query)${format.extra}, annvil::cache_line); }

  // Into zeroed memory.
  void write_query(const float* vector, Query* query) const {
${format.writeQuery}
  }
`,
      distance(
        choices,
        `static_cast<float>(annvil::${format.kernel}(query, row, size_))`,
        `static_cast<float>(annvil::${format.kernel}(query + from, row + from, std::min(part, size_ - from)))`,
        'const Value* row = values_.data() + id * stride_;',
      ),
      prefetch(choices, 'values_.data() + id * stride_', 'stride_ * sizeof(Value)'),
      `
 private:
  void write_row(const float* vector, Value* row) const {
${format.writeRow}
  }
`,
      usesDimension && '  std::uint32_t dimension_;',
      '  std::size_t size_, stride_;',
      format.members,
      sorted && '  std::vector<std::uint32_t> order_;',
      `  annvil::HugeArray<Value> values_;
};`,
    ),
  };
}

const byVariance = `    std::vector<double> sums(dimension_), squares(dimension_), variance(dimension_);
    const std::uint32_t step = std::max(base.count / 4096, 1u);
    double count = 0;
    for (std::uint32_t i = 0; i < base.count; i += step, ++count) {
      for (std::uint32_t d = 0; d < dimension_; ++d) {
        sums[d] += base[i][d];
        squares[d] += double{base[i][d]} * base[i][d];
      }
    }
    for (std::uint32_t d = 0; d < dimension_; ++d) {
      variance[d] = squares[d] / count - sums[d] / count * (sums[d] / count);
    }
    order_.resize(dimension_);
    std::iota(order_.begin(), order_.end(), 0u);
    const auto more = [&](std::uint32_t a, std::uint32_t b) { return variance[a] > variance[b]; };
    std::stable_sort(order_.begin(), order_.end(), more);`;

function exact(choices: Choices): Part {
  const abandons = choices.abandon !== 'never';
  return {
    std: ['algorithm', 'cstddef', 'cstdint'],
    contract: ['distance.hpp', 'memory.hpp', 'vectors.hpp'],
    text: lines(
      comment(['The base itself, exact.', ...(abandons ? unit : [])]),
      abandons ? 'class Rows {' : 'template <annvil::Metric metric>\nclass Rows {',
      ` public:
  explicit Rows(annvil::Vectors base) : base_(base) {}
`,
      distance(
        choices,
        'annvil::distance<metric>(query, row, base_.stride)',
        'annvil::squared_l2(query + from, row + from, std::min(part, base_.stride - from))',
        'const float* row = base_[id];',
      ),
      prefetch(choices, 'base_[id]', 'base_.stride * sizeof(float)'),
      `
 private:
  annvil::Vectors base_;
};`,
    ),
  };
}

function distance(choices: Choices, whole: string, part: string, row: string): string {
  const copied = choices.precision !== 'float32';
  const query = copied ? 'const Query*' : 'const float*';
  if (choices.abandon === 'never') {
    return `  float distance(${query} query, annvil::NodeId id) const {
    ${row}
    return ${whole};
  }`;
  }
  const type = copied ? 'std::size_t' : 'std::uint32_t';
  return `  // The distance, or some part of it that is no less than \`limit\`: a sum of squares only grows.
  float distance(${query} query, annvil::NodeId id, float limit) const {
    ${row}
    constexpr ${type} part = ${choices.abandon};
    float sum = 0;
    for (${type} from = 0; from < ${copied ? 'size_' : 'base_.stride'} && sum < limit; from += part) {
      sum += ${part};
    }
    return sum;
  }`;
}

function prefetch(choices: Choices, row: string, rowBytes: string): string | false {
  if (choices['prefetch-ahead'] === '0') return false;
  const all = `${rowBytes} / annvil::cache_line`;
  const wanted = choices['prefetch-lines']!;
  return lines(
    `
  void prefetch(annvil::NodeId id) const {`,
    wanted === 'all'
      ? `    annvil::prefetch(${row}, ${all});`
      : `    const std::size_t lines = ${all};
    annvil::prefetch(${row}, std::min<std::size_t>(${wanted}, lines));`,
    '  }',
  );
}
