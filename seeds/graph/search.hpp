// Slot `search`: walks the graph over 8-bit scalar codes of all dimensions in a tensor of their own, with the best
// nodes in a sorted array (after GLASS, github.com/zilliztech/pyglass). Enters through the upper layers, greedily
// (HNSW: Malkov and Yashunin, arXiv 1603.09320). Expands the closest node not yet expanded among the best `effort`. A
// bitset remembers which nodes were met.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <annvil/codes.hpp>
#include <annvil/graph.hpp>
#include <annvil/memory.hpp>
#include <annvil/quantise.hpp>
#include <annvil/search.hpp>
#include <annvil/vectors.hpp>

namespace candidate {

namespace searching {

// Vectors as 8-bit levels of one range for all dimensions: only then is the squared distance of codes in proportion to
// that of the vectors. Rows and queries under the inner product have unit length and rank alike by squared L2, so both
// metrics use that.
class Coder {
 public:
  using Row = std::uint8_t;
  using Query = std::uint8_t;

  explicit Coder(annvil::Vectors base) : size_(annvil::round_up(base.dimension, 16)) {
    float high = std::numeric_limits<float>::lowest();
    low_ = std::numeric_limits<float>::max();
    // A sample tells; what lies outside of it is clamped.
    const std::uint32_t step = std::max(base.count / 4096, 1u);
    for (std::uint32_t i = 0; i < base.count; i += step) {
      const float* row = base[i];
      for (std::uint32_t d = 0; d < base.dimension; ++d) low_ = std::min(low_, row[d]), high = std::max(high, row[d]);
    }
    scale_ = 255 / std::max(high - low_, 1e-30f);
  }

  // Bytes of a row, from one row to the next, and of a query.
  std::size_t row_size() const { return annvil::round_up(size_, annvil::code_quantum); }
  std::size_t row_stride() const { return row_size() > 32 ? annvil::round_up(row_size(), annvil::cache_line) : 32; }
  std::size_t query_size() const { return row_size(); }

  // Into zeroed memory.
  void write_row(const float* vector, Row* row) const {
    annvil::quantise(vector, size_, low_, scale_, 255, row);
  }
  void write_query(const float* vector, Query* query) const { write_row(vector, query); }

  // Smaller is closer. In units of the code.
  std::uint32_t distance(const Query* query, const Row* row) const {
    return annvil::squared_l2_u8(query, row, row_size());
  }
  static float as_float(std::uint32_t distance) { return static_cast<float>(distance); }

 private:
  std::size_t size_;  // coordinates, with the padding to whole vectors
  float low_, scale_;
};

// The closest nodes so far, ascending. A key is a distance, then a node, then whether that was expanded: one comparison
// of integers orders them.
class Pool {
 public:
  Pool(std::uint64_t* keys, std::uint32_t capacity) : keys_(keys), capacity_(capacity) {}

  std::uint32_t size() const { return size_; }
  annvil::NodeId node(std::uint32_t i) const { return static_cast<std::uint32_t>(keys_[i]) >> 1; }
  std::uint32_t distance(std::uint32_t i) const { return static_cast<std::uint32_t>(keys_[i] >> 32); }

  // Nodes at this distance or farther need not be inserted.
  std::uint32_t limit() const {
    return size_ < capacity_ ? std::numeric_limits<std::uint32_t>::max() : distance(capacity_ - 1);
  }

  // Takes a node nearer than limit().
  void insert(std::uint32_t distance, annvil::NodeId node) {
    const std::uint64_t key = std::uint64_t{distance} << 32 | std::uint64_t{node} << 1;
    const auto at = static_cast<std::uint32_t>(std::lower_bound(keys_, keys_ + size_, key) - keys_);
    const std::uint32_t last = size_ < capacity_ ? size_++ : size_ - 1;
    std::copy_backward(keys_ + at, keys_ + last, keys_ + last + 1);
    keys_[at] = key;
    next_ = std::min(next_, at);
  }

  // Position of the closest node not yet expanded, size() if there is none.
  std::uint32_t next() {
    while (next_ < size_ && (keys_[next_] & 1)) ++next_;
    return next_;
  }
  // Of what next() gave.
  void mark_expanded(std::uint32_t i) {
    keys_[i] |= 1;
    next_ = i + 1;
  }

 private:
  std::uint64_t* keys_;
  std::uint32_t capacity_, size_ = 0, next_ = 0;
};

// Which nodes were met: a bit each, in zeroed memory.
class Visited {
 public:
  static std::size_t bytes(std::uint32_t nodes) { return annvil::round_up((nodes + 7) / 8, annvil::cache_line); }
  explicit Visited(std::byte* memory) : words_(reinterpret_cast<std::uint64_t*>(memory)) {}

  // True the first time.
  bool insert(annvil::NodeId node) {
    const std::uint64_t bit = std::uint64_t{1} << node % 64;
    const bool fresh = (words_[node / 64] & bit) == 0;
    words_[node / 64] |= bit;
    return fresh;
  }

 private:
  std::uint64_t* words_;
};

// The upper layers, searched greedily from the top. Nodes are named by their positions in a layer, and each layer's
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
};

}  // namespace searching

template <annvil::Metric metric>
class Search {
  using Coder = searching::Coder;

 public:
  Search(annvil::Vectors base, const annvil::Graph& graph)
      : coder_(base),
        entrance_(graph, base, coder_),
        graph_(graph),
        degree_(graph.degree),
        codes_(std::size_t{base.count} * coder_.row_stride()) {
    for (annvil::NodeId i = 0; i < base.count; ++i) coder_.write_row(base[i], codes_.data() + i * coder_.row_stride());
  }

  std::size_t scratch_bytes(std::uint32_t effort, std::uint32_t k) const {
    return query_bytes() + pool_bytes(effort, k) +
           searching::Visited::bytes(graph_.count) + degree_ * sizeof(annvil::NodeId);
  }

  std::uint32_t search(const float* vector, std::uint32_t effort, std::uint32_t k, std::span<std::byte> scratch,
                       std::span<annvil::Neighbour> found) const {
    auto* query = reinterpret_cast<Coder::Query*>(scratch.data());
    searching::Pool pool(reinterpret_cast<std::uint64_t*>(scratch.data() + query_bytes()), capacity(effort, k));
    std::byte* rest = scratch.data() + query_bytes() + pool_bytes(effort, k);
    searching::Visited visited(rest);
    auto* batch = reinterpret_cast<annvil::NodeId*>(rest + searching::Visited::bytes(graph_.count));

    coder_.write_query(vector, query);
    entrance_.find(coder_, query, [&](std::uint32_t distance, annvil::NodeId node) {
      if (visited.insert(node) && distance < pool.limit()) pool.insert(distance, node);
    });

    for (std::uint32_t at; (at = pool.next()) < std::min(effort, pool.size());) {
      pool.mark_expanded(at);
      const annvil::NodeId* neighbours = graph_.row(pool.node(at));
      const std::size_t lines = (coder_.row_size() * sizeof(Coder::Row) + annvil::cache_line - 1) / annvil::cache_line;
      // The new ones first, without branching on which they are: then each can be asked for well before it is read.
      std::uint32_t count = 0;
      for (std::uint32_t i = 0; i < degree_ && neighbours[i] != annvil::no_node; ++i) {
        batch[count] = neighbours[i];
        count += visited.insert(neighbours[i]);
      }
      constexpr std::uint32_t ahead = 4;
      for (std::uint32_t i = 0; i < std::min(ahead, count); ++i) {
        annvil::prefetch(row(batch[i]), lines);
      }
      for (std::uint32_t i = 0; i < count; ++i) {
        if (i + ahead < count) annvil::prefetch(row(batch[i + ahead]), lines);
        const std::uint32_t distance = coder_.distance(query, row(batch[i]));
        if (distance < pool.limit()) pool.insert(distance, batch[i]);
      }
    }

    for (std::uint32_t i = 0; i < pool.size(); ++i) found[i] = {Coder::as_float(pool.distance(i)), pool.node(i)};
    return pool.size();
  }

 private:
  // More than the walk expands, so that refinement has something to choose from.
  static std::uint32_t capacity(std::uint32_t effort, std::uint32_t k) { return std::max(effort, 2 * k); }
  static std::size_t pool_bytes(std::uint32_t effort, std::uint32_t k) {
    return annvil::round_up(capacity(effort, k) * sizeof(std::uint64_t), annvil::cache_line);
  }
  std::size_t query_bytes() const {
    return annvil::round_up(coder_.query_size() * sizeof(Coder::Query), annvil::cache_line);
  }
  const Coder::Row* row(annvil::NodeId node) const { return codes_.data() + node * coder_.row_stride(); }

  Coder coder_;
  searching::Entrance entrance_;
  const annvil::Graph& graph_;
  std::uint32_t degree_;
  annvil::HugeArray<Coder::Row> codes_;
};

}  // namespace candidate
