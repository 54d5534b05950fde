import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';

/** Kept dimensions, or undefined where all are. */
export function keptDimensions({ reduction }: Choices): number | undefined {
  return reduction === 'none' ? undefined : Number(reduction!.slice('pca-'.length));
}

/** Principal axes by subspace iteration, and the projection on them. Nothing where no reduction was chosen. */
export function projection(choices: Choices): Part | undefined {
  const kept = keptDimensions(choices);
  if (kept === undefined) return undefined;
  const rotated = choices.rotation === 'random';
  const sparse = choices.projection === 'sparse';
  const bytes = choices.projection === 'bytes';
  return {
    std: ['algorithm', 'cmath', 'cstddef', 'cstdint', 'random', 'utility', 'vector', ...(bytes ? ['limits'] : [])],
    contract: ['distance.hpp', 'memory.hpp', 'vectors.hpp', ...(bytes ? ['codes_batch.hpp', 'quantise.hpp'] : [])],
    text: lines(
      `// Rows of one stride, made orthonormal from the first on. A row that depends on those before it becomes zero.
inline void orthonormalise(annvil::HugeArray<float>& rows, std::uint32_t stride) {
  const auto count = static_cast<std::uint32_t>(rows.size() / stride);
  for (std::uint32_t i = 0; i < count; ++i) {
    float* row = rows.data() + std::size_t{i} * stride;
    const float before = annvil::dot(row, row, stride);
    // Twice, because a float32 pass leaves what cancellation brought in.
    for (int pass = 0; pass < 2; ++pass) {
      for (std::uint32_t j = 0; j < i; ++j) {
        const float* done = rows.data() + std::size_t{j} * stride;
        const float along = annvil::dot(row, done, stride);
        for (std::uint32_t d = 0; d < stride; ++d) row[d] -= along * done[d];
      }
    }
    const float after = annvil::dot(row, row, stride);
    const float scale = after > 1e-9f * before ? 1 / std::sqrt(after) : 0;
    for (std::uint32_t d = 0; d < stride; ++d) row[d] *= scale;
  }
}

// The ${kept} directions of most variance, by subspace iteration on a sample (Rutishauser 1970): a few rounds find the
// subspace well enough, though not each axis in it.${rotated ? ' A random rotation then gives all coordinates about the same\n// variance, so that one range of codes fits them all.' : ''}
class Projection {
 public:
  static constexpr std::uint32_t size = ${kept};${bytes ? '\n  static constexpr std::uint32_t most_inputs = 4096;' : ''}

  explicit Projection(annvil::Vectors base)
${constructorOf(choices)}
    constexpr std::uint32_t sample = 2048, rounds = 4;
    const std::uint32_t step = std::max(base.count / sample, 1u), rows = base.count / step;
    annvil::HugeArray<float> mean(stride_), centred(stride_);
    for (std::uint32_t i = 0; i < rows; ++i) {
      for (std::uint32_t d = 0; d < stride_; ++d) mean[d] += base[i * step][d] / static_cast<float>(rows);
    }
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (std::uint32_t i = 0; i < size; ++i) {
      for (std::uint32_t d = 0; d < base.dimension; ++d) axes_[std::size_t{i} * stride_ + d] = normal(random);
    }
    orthonormalise(axes_, stride_);
    for (std::uint32_t round = 0; round < rounds; ++round) {
      // Multiplies the axes by the sample's covariance without forming it.
      annvil::HugeArray<float> next(axes_.size());
      for (std::uint32_t i = 0; i < rows; ++i) {
        for (std::uint32_t d = 0; d < stride_; ++d) centred[d] = base[i * step][d] - mean[d];
        for (std::size_t axis = 0; axis < axes_.size(); axis += stride_) {
          const float along = annvil::dot(axes_.data() + axis, centred.data(), stride_);
          for (std::uint32_t d = 0; d < stride_; ++d) next[axis + d] += along * centred[d];
        }
      }
      axes_ = std::move(next);
      orthonormalise(axes_, stride_);
    }`,
      rotated &&
        `
    annvil::HugeArray<float> rotation(size * size), rotated(axes_.size());
    for (float& value : rotation) value = normal(random);
    orthonormalise(rotation, size);
    for (std::uint32_t i = 0; i < size; ++i) {
      for (std::uint32_t j = 0; j < size; ++j) {
        const float weight = rotation[i * size + j];
        for (std::uint32_t d = 0; d < stride_; ++d) {
          rotated[std::size_t{i} * stride_ + d] += weight * axes_[std::size_t{j} * stride_ + d];
        }
      }
    }
    axes_ = std::move(rotated);
`,
      `    for (std::uint32_t i = 0; i < size; ++i) {
      offset_[i] = annvil::dot(axes_.data() + std::size_t{i} * stride_, mean.data(), stride_);
    }`,
      bytes
        ? `    put_in_bytes(base);
    axes_ = {};
  }

  // Coordinates of a row, the sample's mean at zero, from byte products: four to a lane and instruction.
  void project(const float* row, float* coordinates) const {
    alignas(64) std::uint8_t levels[most_inputs];
    annvil::quantise(row, stride_, low_, scale_, 255, levels);
    for (std::uint32_t i = 0; i < size; i += annvil::block_rows) {
      std::int32_t dots[annvil::block_rows];
      annvil::dot_u8_i8_block(levels, bytes_.data() + std::size_t{i} * stride_, stride_, dots);
      for (std::uint32_t lane = 0; lane < annvil::block_rows; ++lane) {
        coordinates[i + lane] = static_cast<float>(dots[lane]) * gain_[i + lane] + shift_[i + lane];
      }
    }
  }

 private:
  // A row becomes low + level / scale, an axis its bytes times their unit; both are multiplied out beforehand.
  void put_in_bytes(annvil::Vectors base) {
    float high = std::numeric_limits<float>::lowest();
    low_ = std::numeric_limits<float>::max();
    const std::uint32_t step = std::max(base.count / 4096, 1u);
    for (std::uint32_t i = 0; i < base.count; i += step) {
      for (std::uint32_t d = 0; d < base.dimension; ++d) {
        low_ = std::min(low_, base[i][d]);
        high = std::max(high, base[i][d]);
      }
    }
    scale_ = 255 / std::max(high - low_, 1e-30f);
    std::vector<std::uint8_t> line(stride_);
    for (std::uint32_t i = 0; i < size; ++i) {
      const float* axis = axes_.data() + std::size_t{i} * stride_;
      float largest = 1e-30f, sum = 0;
      for (std::uint32_t d = 0; d < stride_; ++d) largest = std::max(largest, std::abs(axis[d]));
      const float unit = largest / 127;
      for (std::uint32_t d = 0; d < stride_; ++d) {
        const float level = std::round(axis[d] / unit);
        sum += level * unit;
        line[d] = static_cast<std::uint8_t>(static_cast<std::int8_t>(level));
      }
      const std::uint32_t lane = i % annvil::block_rows;
      auto* block = reinterpret_cast<std::uint8_t*>(bytes_.data() + std::size_t{i - lane} * stride_);
      annvil::put_in_block(line.data(), stride_, lane, block);
      gain_[i] = unit / scale_;
      shift_[i] = sum * low_ - offset_[i];
    }
  }

  std::uint32_t stride_;
  annvil::HugeArray<float> axes_;         // while they are sought
  annvil::HugeArray<std::int8_t> bytes_;  // the axes in blocks
  std::vector<float> offset_, gain_, shift_;
  float low_, scale_;
};`
        : sparse
          ? `    by_input_ = annvil::HugeArray<float>(axes_.size());
    for (std::uint32_t i = 0; i < size; ++i) {
      for (std::uint32_t d = 0; d < stride_; ++d) {
        by_input_[std::size_t{d} * size + i] = axes_[std::size_t{i} * stride_ + d];
      }
    }
    axes_ = {};
  }

  // Coordinates of a row, the sample's mean at zero. Zeros in the row cost little; the others go four at a time,
  // because a sum that goes back to memory after each would cost more than the product.
  void project(const float* row, float* coordinates) const {
    for (std::uint32_t i = 0; i < size; ++i) coordinates[i] = -offset_[i];
    std::uint32_t used[4], count = 0;
    for (std::uint32_t d = 0; d < stride_; ++d) {
      used[count] = d;
      count += row[d] != 0;
      if (count < 4) continue;
      count = 0;
      const float a = row[used[0]], b = row[used[1]], c = row[used[2]], e = row[used[3]];
      const float* a_row = input(used[0]);
      const float* b_row = input(used[1]);
      const float* c_row = input(used[2]);
      const float* e_row = input(used[3]);
      for (std::uint32_t i = 0; i < size; ++i) {
        coordinates[i] += (a * a_row[i] + b * b_row[i]) + (c * c_row[i] + e * e_row[i]);
      }
    }
    for (std::uint32_t u = 0; u < count; ++u) {
      const float a = row[used[u]];
      const float* a_row = input(used[u]);
      for (std::uint32_t i = 0; i < size; ++i) coordinates[i] += a * a_row[i];
    }
  }

 private:
  const float* input(std::uint32_t d) const { return by_input_.data() + std::size_t{d} * size; }

  std::uint32_t stride_;
  annvil::HugeArray<float> axes_;  // while they are sought
  annvil::HugeArray<float> by_input_;
  std::vector<float> offset_;
};`
          : `  }

  // Coordinates of a row, the sample's mean at zero.
  void project(const float* row, float* coordinates) const {
    for (std::uint32_t i = 0; i < size; ++i) {
      coordinates[i] = annvil::dot(axes_.data() + std::size_t{i} * stride_, row, stride_) - offset_[i];
    }
  }

 private:
  std::uint32_t stride_;
  annvil::HugeArray<float> axes_;
  std::vector<float> offset_;
};`,
    ),
  };
}

function constructorOf({ projection }: Choices): string {
  if (projection !== 'bytes') {
    return '      : stride_(base.stride), axes_(std::size_t{size} * base.stride), offset_(size) {';
  }
  return `      : stride_(base.stride),
        axes_(std::size_t{size} * base.stride),
        bytes_(std::size_t{size} * base.stride),
        offset_(size),
        gain_(size),
        shift_(size) {`;
}
