import type { Choices } from '../../../../core/policy.ts';
import type { Part } from '../../part.ts';

/** Where the walk starts: keeps copies of the codes it reads, so that they lie together. */
export function entry(choices: Choices): Part {
  switch (choices.entry) {
    case 'layers':
      return layers;
    case 'points':
      return points;
    default:
      return sample(choices);
  }
}

const layers: Part = {
  std: ['algorithm', 'cstddef', 'cstdint', 'vector'],
  contract: ['graph.hpp', 'memory.hpp', 'vectors.hpp'],
  text: `// The upper layers, searched greedily from the top. Nodes are named by their positions in a layer, and each layer's
// codes lie together. A graph without layers is entered at its first entry point.
class Entrance {
 public:
  Entrance(const annvil::Graph& graph, annvil::Vectors base, const Coder& coder) : stride_(coder.row_stride()) {
    std::size_t total = 1;
    for (const annvil::Layer& layer : graph.layers) total += layer.nodes.size();
    codes_ = annvil::HugeArray<Coder::Row>(total * stride_);
    std::size_t first = 0;
    const auto add = [&](const std::vector<annvil::NodeId>& nodes, std::uint32_t degree) {
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        coder.write_row(base[nodes[i]], codes_.data() + (first + i) * stride_);
      }
      levels_.push_back({degree, nodes, {}, {}, codes_.data() + first * stride_});
      first += nodes.size();
    };
    for (const annvil::Layer& layer : graph.layers) {
      add(layer.nodes, layer.degree);
      for (const annvil::NodeId node : layer.edges) {
        levels_.back().edges.push_back(node == annvil::no_node ? node : position(layer.nodes, node));
      }
    }
    if (levels_.empty()) add({graph.entry_points.front()}, 0);
    start_ = position(levels_.front().nodes, graph.entry_points.front());
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
      for (const annvil::NodeId node : levels_[i].nodes) {
        levels_[i].below.push_back(position(levels_[i + 1].nodes, node));
      }
    }
  }

  // Calls take(distance, node) for each node to start from.
  template <class Take>
  void find(const Coder& coder, const Coder::Query* query, Take&& take) const {
    std::uint32_t best = start_, distance = 0;
    for (const Level& level : levels_) {
      distance = coder.distance(query, level.codes + best * stride_);
      for (bool nearer = true; nearer;) {
        nearer = false;
        const std::uint32_t* edges = level.edges.data() + std::size_t{best} * level.degree;
        std::uint32_t count = 0;
        for (; count < level.degree && edges[count] != annvil::no_node; ++count) {
          annvil::prefetch(level.codes + edges[count] * stride_, 1);
        }
        for (std::uint32_t i = 0; i < count; ++i) {
          const std::uint32_t there = coder.distance(query, level.codes + edges[i] * stride_);
          if (there >= distance) continue;
          distance = there;
          best = edges[i];
          nearer = true;
        }
      }
      if (&level != &levels_.back()) best = level.below[best];
    }
    take(distance, levels_.back().nodes[best]);
  }

 private:
  struct Level {
    std::uint32_t degree;
    std::vector<annvil::NodeId> nodes;
    std::vector<std::uint32_t> edges;  // positions in this layer
    std::vector<std::uint32_t> below;  // each node's position in the next layer
    const Coder::Row* codes;
  };

  // Where a node stands in a layer, or one near it by number where it is not there.
  static std::uint32_t position(const std::vector<annvil::NodeId>& nodes, annvil::NodeId node) {
    const auto at = static_cast<std::size_t>(std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin());
    return static_cast<std::uint32_t>(std::min(at, nodes.size() - 1));
  }

  std::size_t stride_;
  annvil::HugeArray<Coder::Row> codes_;
  std::vector<Level> levels_;
  std::uint32_t start_;
};`,
};

const points: Part = {
  std: ['algorithm', 'cstddef', 'cstdint', 'vector'],
  contract: ['graph.hpp', 'memory.hpp', 'vectors.hpp'],
  text: `// The graph's own entry points, the first few.
class Entrance {
 public:
  Entrance(const annvil::Graph& graph, annvil::Vectors base, const Coder& coder)
      : nodes_(graph.entry_points), stride_(coder.row_stride()) {
    nodes_.resize(std::min<std::size_t>(nodes_.size(), 8));
    codes_ = annvil::HugeArray<Coder::Row>(nodes_.size() * stride_);
    for (std::size_t i = 0; i < nodes_.size(); ++i) coder.write_row(base[nodes_[i]], codes_.data() + i * stride_);
  }

  // Calls take(distance, node) for each node to start from.
  template <class Take>
  void find(const Coder& coder, const Coder::Query* query, Take&& take) const {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      take(coder.distance(query, codes_.data() + i * stride_), nodes_[i]);
    }
  }

 private:
  std::vector<annvil::NodeId> nodes_;
  std::size_t stride_;
  annvil::HugeArray<Coder::Row> codes_;
};`,
};

function sample(choices: Choices): Part {
  const factor = choices.sample === '1' ? '' : `${choices.sample} * `;
  const kept = Number(choices['sample-kept']);
  const scan =
    kept === 1
      ? `    std::uint32_t best = 0, nearest = coder.distance(query, codes_.data());
    for (std::uint32_t i = 1; i < count_; ++i) {
      const std::uint32_t distance = coder.distance(query, codes_.data() + i * stride_);
      if (distance < nearest) nearest = distance, best = i;
    }
    take(nearest, best * step_);`
      : `    // Ascending. Most of a scan is no nearer than the last of them.
    std::uint64_t nearest[kept];
    std::fill_n(nearest, kept, ~std::uint64_t{0});
    for (std::uint32_t i = 0; i < count_; ++i) {
      const std::uint64_t key = std::uint64_t{coder.distance(query, codes_.data() + i * stride_)} << 32 | i;
      if (key >= nearest[kept - 1]) continue;
      std::uint32_t at = kept - 1;
      for (; at > 0 && nearest[at - 1] > key; --at) nearest[at] = nearest[at - 1];
      nearest[at] = key;
    }
    for (std::uint32_t i = 0; i < std::min(kept, count_); ++i) {
      take(static_cast<std::uint32_t>(nearest[i] >> 32), static_cast<std::uint32_t>(nearest[i]) * step_);
    }`;
  return {
    std: ['algorithm', 'cmath', 'cstddef', 'cstdint'],
    contract: ['graph.hpp', 'memory.hpp', 'vectors.hpp'],
    text: `// A sample of the nodes, scanned: its codes stream from memory, where a descent waits for each step.
class Entrance {
 public:
  Entrance(const annvil::Graph& graph, annvil::Vectors base, const Coder& coder)
      : step_(std::max(1u, static_cast<std::uint32_t>(std::sqrt(graph.count) / (${factor}1.0)))),
        count_((graph.count + step_ - 1) / step_),
        stride_(coder.row_stride()),
        codes_(count_ * stride_) {
    for (std::uint32_t i = 0; i < count_; ++i) coder.write_row(base[i * step_], codes_.data() + i * stride_);
  }

  // Calls take(distance, node) for each node to start from.
  template <class Take>
  void find(const Coder& coder, const Coder::Query* query, Take&& take) const {
${scan}
  }

 private:
${kept === 1 ? '' : `  static constexpr std::uint32_t kept = ${kept};\n`}  std::uint32_t step_, count_;
  std::size_t stride_;
  annvil::HugeArray<Coder::Row> codes_;
};`
      .replace('(1.0)', choices.sample!)
      .replace(
        `std::sqrt(graph.count) / (${factor}1.0)`,
        factor === '' ? 'std::sqrt(graph.count)' : `std::sqrt(graph.count) / ${choices.sample}`,
      ),
  };
}
