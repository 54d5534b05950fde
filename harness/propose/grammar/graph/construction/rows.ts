import type { Choices } from '../../../../core/policy.ts';
import { lines } from '../../part.ts';

/** The rows being indexed, and how far apart two of them are. */
export function rows({ distances }: Choices): string {
  if (distances === 'float32') return exactRows;
  const codes = distances as 'u7' | 'u8';
  const top = codes === 'u7' ? 127 : 255;
  return lines(
    `// The rows, and how far apart two of them are: exactly, and by codes of a byte a dimension, which need a quarter of the memory
// traffic. All dimensions share one scale, so that codes are as far apart as rows are. Rows of unit length are ordered alike
// by inner product and by squared L2, so one graph under squared L2 serves both metrics.
class Rows {
 public:
  Rows(Vectors base, std::uint32_t threads)
      : base_(base), bytes_(annvil::round_up(base.dimension, annvil::code_quantum)), codes_(base.count * bytes_) {
    std::vector<float> lowest(threads, std::numeric_limits<float>::max());
    std::vector<float> highest(threads, std::numeric_limits<float>::lowest());
    annvil::parallel_for(base.count, threads, 256, [&](std::size_t i, std::uint32_t thread) {
      const auto [least, most] = std::minmax_element(base[i], base[i] + base.dimension);
      lowest[thread] = std::min(lowest[thread], *least);
      highest[thread] = std::max(highest[thread], *most);
    });
    const float low = *std::min_element(lowest.begin(), lowest.end());
    const float range = *std::max_element(highest.begin(), highest.end()) - low;
    const float scale = range > 0 ? ${top} / range : 0;
    annvil::parallel_for(base.count, threads, 256, [&](std::size_t i, std::uint32_t) {
      std::transform(base[i], base[i] + base.dimension, codes_.data() + i * bytes_,
                     [&](float value) { return static_cast<std::uint8_t>((value - low) * scale + 0.5F); });
    });
  }

  std::uint32_t count() const { return base_.count; }
  float distance(NodeId a, NodeId b) const { return annvil::squared_l2(base_[a], base_[b], base_.stride); }

  // In units of the codes: good for ranking, not to be compared with distance().
  float rough(NodeId a, NodeId b) const {
    return static_cast<float>(annvil::squared_l2_${codes}(code(a), code(b), bytes_));
  }

  void prefetch(NodeId id) const { annvil::prefetch(code(id), (bytes_ + annvil::cache_line - 1) / annvil::cache_line); }

 private:
  const std::uint8_t* code(NodeId id) const { return codes_.data() + id * bytes_; }

  Vectors base_;
  std::size_t bytes_;
  HugeArray<std::uint8_t> codes_;
};`,
  );
}

const exactRows = `// The rows, and how far apart two of them are. Rows of unit length are ordered alike by inner product and by squared L2, so
// one graph under squared L2 serves both metrics, and pruning compares true lengths.
class Rows {
 public:
  explicit Rows(Vectors base) : base_(base) {}

  std::uint32_t count() const { return base_.count; }
  float distance(NodeId a, NodeId b) const { return annvil::squared_l2(base_[a], base_[b], base_.stride); }

  // The first lines of a row; the hardware fetches the rest once they are being read.
  void prefetch(NodeId id) const { annvil::prefetch(base_[id], std::min<std::size_t>(8, base_.stride / 16)); }

 private:
  Vectors base_;
};`;
