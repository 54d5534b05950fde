/** The graph while it grows: rows of links that several threads read and rewrite. */
export function links(): string {
  return `// The graph while it grows: for each node up to degree() links with their distances. Writers hold the node's lock. Readers
// hold none: they load id by id, and a row that is being rewritten only shows them some old links beside new ones.
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
};`;
}
