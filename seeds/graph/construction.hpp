// Slot `construction`: inserts the nodes one by one, each linked both ways to what pruning leaves of the nearest that a
// beam search finds (HNSW: Malkov and Yashunin, arXiv 1603.09320). Prunes as HNSW does. The layers above are snapshots
// of the growing graph.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include <annvil/construction.hpp>
#include <annvil/distance.hpp>
#include <annvil/graph.hpp>
#include <annvil/memory.hpp>
#include <annvil/parallel.hpp>
#include <annvil/vectors.hpp>

namespace candidate {
namespace construction {

using annvil::HugeArray;
using annvil::Layer;
using annvil::Neighbour;
using annvil::no_node;
using annvil::NodeId;
using annvil::Vectors;

inline constexpr std::uint32_t wanted_degree = 32;  // links a node may have
inline constexpr std::uint32_t new_links = 16;  // links a node is given; others come as it is linked to
inline constexpr std::size_t beam_width = 200;
inline constexpr std::size_t layer_ratio = 16;  // its nodes to those of the layer above
inline constexpr std::uint32_t layer_degree = 16;

// The rows, and how far apart two of them are. Rows of unit length are ordered alike by inner product and by squared
// L2, so one graph under squared L2 serves both metrics, and pruning compares true lengths.
class Rows {
 public:
  explicit Rows(Vectors base) : base_(base) {}

  std::uint32_t count() const { return base_.count; }
  float distance(NodeId a, NodeId b) const { return annvil::squared_l2(base_[a], base_[b], base_.stride); }

  // The first lines of a row; the hardware fetches the rest once they are being read.
  void prefetch(NodeId id) const { annvil::prefetch(base_[id], std::min<std::size_t>(8, base_.stride / 16)); }

 private:
  Vectors base_;
};

// The graph while it grows: for each node up to degree() links with their distances. Writers hold the node's lock.
// Readers hold none: they load id by id, and a row that is being rewritten only shows them some old links beside new
// ones.
class Links {
 public:
  Links(std::uint32_t count, std::uint32_t degree)
      : degree_(degree), ids_(std::size_t{count} * degree), distances_(std::size_t{count} * degree) {
    std::fill(ids_.begin(), ids_.end(), no_node);
  }

  std::uint32_t degree() const { return degree_; }

  // One of few locks for many nodes: two threads seldom want the same one.
  std::mutex& lock(NodeId node) { return locks_[node % locks_.size()]; }

  template <class Visit>
  void each(NodeId node, Visit&& visit) {
    NodeId* row = ids_.data() + std::size_t{node} * degree_;
    for (std::uint32_t i = 0; i < degree_; ++i) {
      const NodeId id = std::atomic_ref(row[i]).load(std::memory_order_relaxed);
      if (id == no_node) return;
      visit(id);
    }
  }

  // Needs the node's lock while others write.
  void read(NodeId node, std::vector<Neighbour>& row) {
    row.clear();
    const float* distances = distances_.data() + std::size_t{node} * degree_;
    each(node, [&](NodeId id) { row.push_back({distances[row.size()], id}); });
  }

  // Needs the node's lock while others write. At most degree() links.
  void write(NodeId node, const std::vector<Neighbour>& row) {
    const std::size_t start = std::size_t{node} * degree_;
    for (std::uint32_t i = 0; i < degree_; ++i) {
      const bool used = i < row.size();
      if (used) distances_[start + i] = row[i].distance;
      std::atomic_ref(ids_[start + i]).store(used ? row[i].id : no_node, std::memory_order_relaxed);
    }
  }

  // Hands over the rows and leaves nothing.
  HugeArray<NodeId> take() { return std::move(ids_); }

 private:
  std::uint32_t degree_;
  HugeArray<NodeId> ids_;
  HugeArray<float> distances_;
  std::vector<std::mutex> locks_{4096};
};

struct Candidate {
  float distance;
  NodeId id;
  bool expanded;
};

// What one thread needs to search and prune; kept between calls, so that none of them allocates.
struct alignas(annvil::cache_line) Scratch {
  explicit Scratch(std::uint32_t count) : seen(count) {}

  std::vector<std::uint32_t> seen;  // by node: the last search that met it
  std::uint32_t searches = 0;
  std::vector<Candidate> pool;  // closest first
  std::vector<NodeId> unseen;
  std::vector<Neighbour> candidates, chosen, kept;
};

// Best-first search around row `query` from node `entry`: leaves the `width` closest nodes it met in scratch.pool.
inline void beam_search(const Rows& rows, Links& links, NodeId query, NodeId entry, std::size_t width,
                        Scratch& scratch) {
  auto& pool = scratch.pool;
  const std::uint32_t search = ++scratch.searches;
  scratch.seen[entry] = search;
  pool.clear();
  pool.push_back({rows.distance(query, entry), entry, false});
  for (std::size_t next = 0; next < pool.size();) {
    if (pool[next].expanded) {
      ++next;
      continue;
    }
    pool[next].expanded = true;
    scratch.unseen.clear();
    links.each(pool[next].id, [&](NodeId id) {
      if (scratch.seen[id] == search) return;
      scratch.seen[id] = search;
      scratch.unseen.push_back(id);
    });
    for (std::size_t i = 0; i < scratch.unseen.size(); ++i) {
      if (i + 1 < scratch.unseen.size()) rows.prefetch(scratch.unseen[i + 1]);
      const NodeId id = scratch.unseen[i];
      const float distance = rows.distance(query, id);
      if (pool.size() == width) {
        if (distance >= pool.back().distance) continue;
        pool.pop_back();
      }
      const auto place = std::upper_bound(pool.begin(), pool.end(), distance,
                                          [](float value, const Candidate& other) { return value < other.distance; });
      next = std::min<std::size_t>(next, place - pool.begin());
      pool.insert(place, {distance, id, false});
    }
  }
}

// What the last search found, without the node itself, as candidates for its links.
inline void surroundings(NodeId node, Scratch& scratch) {
  scratch.candidates.clear();
  for (const Candidate& found : scratch.pool) {
    if (found.id != node) scratch.candidates.push_back({found.distance, found.id});
  }
}

// Leaves in scratch.kept the links that a node keeps, at most `most`, of scratch.candidates, which come closest first:
// one is dropped when a kept one is closer to it than the node is, for a search will find it from there (Malkov and
// Yashunin 2016, algorithm 4).
inline void prune(const Rows& rows, std::size_t most, Scratch& scratch) {
  auto& kept = scratch.kept;
  kept.clear();
  for (const Neighbour& candidate : scratch.candidates) {
    if (kept.size() == most) return;
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Neighbour& other) {
      return rows.distance(other.id, candidate.id) < candidate.distance;
    });
    if (!covered) kept.push_back(candidate);
  }
}

// Adds `to` to the links of `from`, and prunes them when they overflow.
inline void add_link(const Rows& rows, Links& links, NodeId from, Neighbour to, Scratch& scratch) {
  auto& row = scratch.candidates;
  const std::lock_guard guard(links.lock(from));
  links.read(from, row);
  // Two nodes that are inserted at once may each have found the other.
  if (std::any_of(row.begin(), row.end(), [&](const Neighbour& other) { return other.id == to.id; })) return;
  row.push_back(to);
  if (row.size() <= links.degree()) {
    links.write(from, row);
  } else {
    std::sort(row.begin(), row.end());
    prune(rows, links.degree(), scratch);
    links.write(from, scratch.kept);
  }
}

inline void insert(const Rows& rows, Links& links, NodeId node, NodeId entry, Scratch& scratch) {
  beam_search(rows, links, node, entry, beam_width, scratch);
  surroundings(node, scratch);
  prune(rows, std::min(new_links, links.degree()), scratch);
  std::swap(scratch.kept, scratch.chosen);
  {
    // Before anybody can find the node and link to it: links that others add must not be overwritten.
    const std::lock_guard guard(links.lock(node));
    links.write(node, scratch.chosen);
  }
  for (const Neighbour& neighbour : scratch.chosen) {
    add_link(rows, links, neighbour.id, {neighbour.distance, node}, scratch);
  }
}

// From the top, greedily down to a node near row `query`.
inline NodeId descend(const Rows& rows, const std::vector<Layer>& layers, NodeId top, NodeId query) {
  NodeId nearest = top;
  float least = rows.distance(query, nearest);
  for (const Layer& layer : layers) {
    for (bool moved = true; moved;) {
      moved = false;
      const std::size_t place = std::lower_bound(layer.nodes.begin(), layer.nodes.end(), nearest) - layer.nodes.begin();
      const NodeId* row = layer.edges.data() + place * layer.degree;
      for (std::uint32_t i = 0; i < layer.degree && row[i] != no_node; ++i) {
        const float distance = rows.distance(query, row[i]);
        if (distance >= least) continue;
        least = distance;
        nearest = row[i];
        moved = true;
      }
    }
  }
  return nearest;
}

// The graph as it stands, with fewer links, as a layer over the nodes inserted so far.
inline Layer snapshot(const Rows& rows, Links& links, std::span<const NodeId> members, std::uint32_t threads,
                      std::vector<Scratch>& scratches) {
  Layer layer;
  layer.degree = std::min(layer_degree, links.degree());
  layer.nodes.assign(members.begin(), members.end());
  std::sort(layer.nodes.begin(), layer.nodes.end());
  layer.edges.assign(members.size() * layer.degree, no_node);
  annvil::parallel_for(members.size(), threads, 64, [&](std::size_t i, std::uint32_t thread) {
    Scratch& scratch = scratches[thread];
    links.read(layer.nodes[i], scratch.candidates);
    std::sort(scratch.candidates.begin(), scratch.candidates.end());
    prune(rows, layer.degree, scratch);
    std::transform(scratch.kept.begin(), scratch.kept.end(), layer.edges.begin() + i * layer.degree,
                   [](const Neighbour& neighbour) { return neighbour.id; });
  });
  return layer;
}

// Inserts all nodes, and returns the layers, topmost first. Each layer is a snapshot of the graph over the first nodes,
// a random sample: what is inserted first gets long links, so a layer is what HNSW would build for it, at no cost of
// its own.
inline std::vector<Layer> grow(const Rows& rows, Links& links, std::span<NodeId> order, std::uint32_t threads,
                               std::vector<Scratch>& scratches) {
  std::vector<std::size_t> ends{order.size()};
  while (ends.back() / layer_ratio >= layer_ratio) ends.push_back(ends.back() / layer_ratio);
  std::vector<Layer> layers;
  std::size_t start = 1;  // the first node has nobody to be linked to
  for (; !ends.empty(); ends.pop_back()) {
    const std::size_t end = ends.back();
    std::sort(order.begin() + start, order.begin() + end);
    // So few nodes that each should see all before it come first.
    const std::uint32_t helpers = start == 1 ? 1 : threads;
    annvil::parallel_for(end - start, helpers, 16, [&](std::size_t i, std::uint32_t thread) {
      const NodeId node = order[start + i];
      insert(rows, links, node, descend(rows, layers, order.front(), node), scratches[thread]);
    });
    if (ends.size() > 1) layers.push_back(snapshot(rows, links, order.first(end), threads, scratches));
    start = end;
  }
  return layers;
}

// Gives every node a way in from the entry points: pruning may have dropped the last link to one. Where the nearest
// nodes are full, a link that no other node depends on makes room.
inline void make_reachable(const Rows& rows, Links& links, const std::vector<NodeId>& entry_points, Scratch& scratch) {
  std::vector<NodeId> parent(rows.count(), no_node);  // by which link a node was reached first
  std::vector<NodeId> reached;
  std::size_t next = 0;
  const auto spread = [&](NodeId from, NodeId by) {
    parent[from] = by;
    reached.push_back(from);
    for (; next < reached.size(); ++next) {
      const NodeId node = reached[next];
      links.each(node, [&](NodeId id) {
        if (parent[id] != no_node) return;
        parent[id] = node;
        reached.push_back(id);
      });
    }
  };
  const auto adopt = [&](NodeId node, Neighbour orphan) {
    auto& row = scratch.kept;
    links.read(node, row);
    if (row.size() < links.degree()) {
      row.push_back(orphan);
    } else {
      const auto spare =
          std::find_if(row.rbegin(), row.rend(), [&](const Neighbour& other) { return parent[other.id] != node; });
      if (spare == row.rend()) return false;
      *spare = orphan;
    }
    links.write(node, row);
    return true;
  };

  for (const NodeId entry : entry_points) {
    if (parent[entry] == no_node) spread(entry, entry);
  }
  for (NodeId node = 0; node < rows.count(); ++node) {
    if (parent[node] != no_node) continue;
    beam_search(rows, links, node, entry_points.front(), 64, scratch);
    // The node reached last leads nowhere new, so it has room even if no near one has.
    scratch.pool.push_back({rows.distance(node, reached.back()), reached.back(), false});
    for (const Candidate& near : scratch.pool) {
      if (!adopt(near.id, {near.distance, node})) continue;
      spread(node, near.id);
      break;
    }
  }
}

// Nearest first: what a search should look at first, and may look at only.
inline void sort_rows(Links& links, std::uint32_t count) {
  std::vector<Neighbour> row;
  for (NodeId node = 0; node < count; ++node) {
    links.read(node, row);
    std::sort(row.begin(), row.end());
    links.write(node, row);
  }
}

}  // namespace construction

template <annvil::Metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits& limits) {
    using namespace construction;
    const Rows rows(base);
    Links links(base.count, std::min(wanted_degree, limits.max_degree));
    std::vector<Scratch> scratches(limits.threads, Scratch(base.count));
    std::mt19937_64 random(limits.seed);
    std::vector<NodeId> order(base.count);
    std::iota(order.begin(), order.end(), NodeId{0});
    std::shuffle(order.begin(), order.end(), random);

    annvil::Graph graph;
    graph.count = base.count;
    graph.degree = links.degree();
    graph.layers = grow(rows, links, order, limits.threads, scratches);
    graph.entry_points = {order.front()};
    make_reachable(rows, links, graph.entry_points, scratches.front());
    sort_rows(links, base.count);
    graph.edges = links.take();
    return graph;
  }
};

}  // namespace candidate
