import type { Choices } from '../../../../core/policy.ts';
import { comment, lines, type Part } from '../../part.ts';
import { keptDimensions } from './projection.ts';

/** What the text differs in from one width to the next. */
interface Width {
  readonly row: string;
  readonly query: string;
  readonly kernel: string;
  readonly header: string;
}

const widths: Readonly<Record<string, Width>> = {
  '8-bit': { row: 'std::uint8_t', query: 'std::uint8_t', kernel: 'squared_l2_u8', header: 'codes.hpp' },
  '7-bit': { row: 'std::uint8_t', query: 'std::uint8_t', kernel: 'squared_l2_u7', header: 'codes.hpp' },
  '4-bit': { row: 'std::uint8_t', query: 'std::int8_t', kernel: 'squared_l2_u4', header: 'codes.hpp' },
  fp16: { row: 'annvil::Half', query: 'float', kernel: 'squared_l2_half', header: 'half.hpp' },
  float32: { row: 'float', query: 'float', kernel: 'squared_l2', header: 'distance.hpp' },
};

/** Turns vectors into codes, and compares a coded query with a coded row. */
export function coder(choices: Choices): Part {
  const width = widths[choices.width!]!;
  const kept = keptDimensions(choices);
  const integer = choices.width!.endsWith('-bit');
  return {
    std: [
      'algorithm',
      'cstddef',
      'cstdint',
      ...(integer ? ['cmath', 'limits'] : ['bit']),
      ...(choices.width === 'fp16' ? ['cmath'] : []),
    ],
    contract: [width.header, 'memory.hpp', 'vectors.hpp', ...(integer ? ['quantise.hpp'] : [])],
    text: lines(
      heading(choices),
      `class Coder {
 public:
  using Row = ${width.row};
  using Query = ${width.query};
`,
      `  explicit Coder(annvil::Vectors base) : ${kept ? 'projection_(base)' : 'size_(annvil::round_up(base.dimension, 16))'} {`,
      choices.width === 'float32' ? false : scaleFromSample(choices),
      '  }\n',
      sizes(choices),
      writers(choices),
      `
  // Smaller is closer. ${integer ? 'In units of the code.' : 'The bits of a float that is not negative order as the float does.'}
  std::uint32_t distance(const Query* query, const Row* row) const {
    return ${integer ? kernelCall(width, choices) : `std::bit_cast<std::uint32_t>(${kernelCall(width, choices)})`};
  }
  static float as_float(std::uint32_t distance) { return ${integer ? 'static_cast<float>' : 'std::bit_cast<float>'}(distance); }

 private:`,
      kept
        ? `  static constexpr std::size_t size_ = Projection::size;
  Projection projection_;`
        : '  std::size_t size_;  // coordinates, with the padding to whole vectors',
      choices.width === 'float32' ? false : choices.width === 'fp16' ? '  float scale_;' : '  float low_, scale_;',
      '};',
    ),
  };
}

/** Why both metrics share the codes' distance. */
const unit = [
  'Rows and queries under the inner product have unit length and rank alike by squared L2, so both metrics use that.',
];

function heading({ width }: Choices): string {
  switch (width) {
    case 'fp16':
      return comment(['Vectors as 16-bit floats, scaled alike so that none overflows.', ...unit]);
    case 'float32':
      return comment(['Vectors as they are.', ...unit]);
    default:
      return comment([
        `Vectors as ${width!.replace('-bit', '')}-bit levels of one range for all dimensions: only then is the squared distance of`,
        'codes in proportion to that of the vectors.',
        ...unit,
      ]);
  }
}

/** Reads the coordinates of a sample to find the range of the levels. */
function scaleFromSample(choices: Choices): string {
  const kept = keptDimensions(choices);
  const coordinates = kept
    ? `      alignas(64) float row[Projection::size];
      projection_.project(base[i], row);`
    : '      const float* row = base[i];';
  const loop = (body: string): string => `    // A sample tells; what lies outside of it is clamped.
    const std::uint32_t step = std::max(base.count / 4096, 1u);
    for (std::uint32_t i = 0; i < base.count; i += step) {
${coordinates}
      for (std::uint32_t d = 0; d < ${kept ? 'Projection::size' : 'base.dimension'}; ++d) ${body}
    }`;
  const levels = choices.width === '8-bit' ? 255 : choices.width === '7-bit' ? 127 : 16;
  if (choices.width === 'fp16') {
    return `    float largest = 1e-30f;
${loop('largest = std::max(largest, std::abs(row[d]));').replace('what lies outside of it is clamped', 'there is room for values 64 times larger')}
    scale_ = 1024 / largest;`;
  }
  if (choices.range === 'extremes') {
    return `    float high = std::numeric_limits<float>::lowest();
    low_ = std::numeric_limits<float>::max();
${loop('low_ = std::min(low_, row[d]), high = std::max(high, row[d]);')}
    scale_ = ${levels} / std::max(high - low_, 1e-30f);`;
  }
  return `    double sum = 0, squares = 0, count = 0;
${loop('sum += row[d], squares += double{row[d]} * row[d], ++count;')}
    // Three deviations each way: finer levels for the many are worth more than room for the few.
    const double mean = sum / count, deviation = std::sqrt(std::max(squares / count - mean * mean, 0.0));
    low_ = static_cast<float>(mean - 3 * deviation);
    scale_ = static_cast<float>(${levels} / std::max(6 * deviation, 1e-30));`;
}

function sizes(choices: Choices): string {
  const kept = keptDimensions(choices);
  const qualifier = kept ? 'static constexpr std::size_t' : 'std::size_t';
  const constant = kept ? '' : ' const';
  const method = (name: string, value: string): string => {
    const line = `  ${qualifier} ${name}()${constant} { return ${value}; }`;
    return line.length <= 120 ? line : `  ${qualifier} ${name}()${constant} {\n    return ${value};\n  }`;
  };
  const values = !choices.width!.endsWith('-bit');
  const packed = choices.width === '4-bit';
  const size = values
    ? 'size_'
    : packed
      ? 'annvil::round_up(size_, 64) / 2'
      : 'annvil::round_up(size_, annvil::code_quantum)';
  const wholeLines = `annvil::round_up(row_size(), annvil::cache_line${values ? ' / sizeof(Row)' : ''})`;
  return lines(
    `  // ${values ? 'Values' : 'Bytes'} of a row, from one row to the next, and of a query.`,
    method('row_size', size),
    method('row_stride', values ? wholeLines : `row_size() > 32 ? ${wholeLines} : 32`),
    method('query_size', packed ? '2 * row_size()' : 'row_size()'),
  );
}

function writers(choices: Choices): string {
  const kept = keptDimensions(choices);
  const values = kept ? 'coordinates' : 'vector';
  const method = (name: string, type: string, out: string, body: string): string =>
    lines(
      `  void ${name}(const float* vector, ${type}* ${out}) const {`,
      kept !== undefined &&
        '    alignas(64) float coordinates[Projection::size];\n    projection_.project(vector, coordinates);',
      body,
      '  }',
    );
  const sameQuery = '  void write_query(const float* vector, Query* query) const { write_row(vector, query); }';
  const row = (): string[] => {
    switch (choices.width) {
      case '4-bit':
        return [
          method(
            'write_row',
            'Row',
            'row',
            `    for (std::size_t d = 0; d < size_; ++d) {
      const auto level = static_cast<std::uint8_t>(std::clamp((${values}[d] - low_) * scale_, 0.f, 15.f));
      row[annvil::u4_byte(d)] |= static_cast<std::uint8_t>(level << annvil::u4_shift(d));
    }`,
          ),
          method(
            'write_query',
            'Query',
            'query',
            `    annvil::quantise(${values}, size_, low_, scale_ * 8, 127, reinterpret_cast<std::uint8_t*>(query));
    // Levels stand for the middle of their interval: half of one, four eighths, less.
    for (std::size_t d = 0; d < size_; ++d) query[d] = static_cast<Query>(query[d] - 4);`,
          ),
        ];
      case '8-bit':
      case '7-bit': {
        const top = choices.width === '8-bit' ? 255 : 127;
        return [
          method('write_row', 'Row', 'row', `    annvil::quantise(${values}, size_, low_, scale_, ${top}, row);`),
          sameQuery,
        ];
      }
      case 'fp16':
        return [
          method(
            'write_row',
            'Row',
            'row',
            `    for (std::size_t d = 0; d < size_; ++d) row[d] = static_cast<Row>(${values}[d] * scale_);`,
          ),
          method(
            'write_query',
            'Query',
            'query',
            `    for (std::size_t d = 0; d < size_; ++d) query[d] = ${values}[d] * scale_;`,
          ),
        ];
      default:
        return [
          `  void write_row(const float* vector, Row* row) const { ${kept ? 'projection_.project(vector, row)' : 'std::copy_n(vector, size_, row)'}; }`,
          sameQuery,
        ];
    }
  };
  return ['', '  // Into zeroed memory.', ...row()].join('\n');
}

function kernelCall({ kernel }: Width, choices: Choices): string {
  const size = choices.width === 'float32' ? 'static_cast<std::uint32_t>(row_size())' : 'row_size()';
  return `annvil::${kernel}(query, row, ${size})`;
}
