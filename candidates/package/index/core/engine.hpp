// The index itself, for a metric: rows in node order, graph, and the candidate's search and refinement laid out over them.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include <annvil/construction.hpp>
#include <annvil/graph.hpp>
#include <annvil/memory.hpp>
#include <annvil/refinement.hpp>
#include <annvil/search.hpp>
#include <annvil/vectors.hpp>

#include <candidate/construction.hpp>
#include <candidate/refinement.hpp>
#include <candidate/search.hpp>

#include "exhaustive.hpp"
#include "row_memory.hpp"
#include "workspace.hpp"

namespace annvil {

// A graph over fewer rows saves nothing: all of them are compared.
inline constexpr std::uint32_t least_graph = 128;

// Bytes of this process that lie in memory.
inline std::size_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (!file) return 0;
  unsigned long total = 0, resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) : 0;
}

// What the engine is made of besides rows, and keeps in its file.
using Structure = Graph;

template <Metric metric>
class Engine {
  using Search = candidate::Search<metric>;
  using Refinement = candidate::Refinement<metric>;
  static_assert(ConstructionCandidate<candidate::Construction<metric>>);
  static_assert(SearchCandidate<Search>);
  static_assert(RefinementCandidate<Refinement>);

 public:
  // Whether answer() says how many rows it compared. A search's own estimates are nobody's count.
  static constexpr bool counts_compared = false;

  // What answering with some k and effort takes: asked once a batch, as the candidate was measured.
  struct Plan {
    std::uint32_t k, effort;
    std::size_t room = 0, search_bytes = 0, refinement_bytes = 0;
    bool exhaustive = false;
  };

  // rows: in node order. graph: checked; without edges below least_graph rows. Search and refinement refer to members, so it stays
  // where it is made.
  Engine(RowMemory rows, Vectors shape, Graph graph) : rows_(std::move(rows)), base_(shape), graph_(std::move(graph)) {
    base_.data = rows_.data();
    if (base_.count < least_graph) return;
    const std::size_t before = resident_bytes();
    search_.emplace(base_, graph_);
    refinement_.emplace(base_);
    laid_out_bytes_ = std::max(resident_bytes(), before) - before;
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Vectors& base() const { return base_; }
  const Structure& structure() const { return graph_; }
  WorkspacePool& workspaces() const { return workspaces_; }

  // Rows where they are this process' own, graph, and what the process grew by while search and refinement laid themselves out.
  std::size_t memory_bytes() const {
    std::size_t words = graph_.edges.size() + graph_.original_id.size() + graph_.entry_points.size();
    for (const Layer& layer : graph_.layers) words += layer.nodes.size() + layer.edges.size();
    return rows_.own_bytes() + words * sizeof(NodeId) + laid_out_bytes_;
  }

  // k: at least 1 and at most the rows there are.
  Plan plan(std::uint32_t k, std::uint32_t effort) const {
    Plan plan{.k = k, .effort = std::min(effort, base_.count)};
    // A walk that may look at everything, or must name half of it, has no advantage and may miss some.
    plan.exhaustive = !search_ || effort >= base_.count || k > base_.count / 2;
    if (plan.exhaustive) return plan;
    plan.room = std::max<std::size_t>(plan.effort, std::size_t{10} * k);
    plan.search_bytes = search_->scratch_bytes(plan.effort, k);
    plan.refinement_bytes = refinement_->scratch_bytes(static_cast<std::uint32_t>(plan.room), k);
    return plan;
  }

  // Answers one prepared query: `plan.k` original ids, closest first; distances as told to callers, or null.
  // query: stride floats, 64-byte aligned.
  void answer(const float* query, const Plan& asked, Workspace& workspace, std::uint32_t* ids, float* distances,
              std::uint32_t* = nullptr) const {
    for (Plan now = asked;; now = plan(now.k, grown(now.effort))) {
      if (now.exhaustive) return answer_exactly(query, now.k, ids, distances);
      const std::span<const NodeId> nearest = ask(query, now, workspace);
      // Too little effort may find fewer than k, and a caller is owed k where there are as many.
      if (std::any_of(nearest.begin(), nearest.end(), [&](NodeId id) { return id >= base_.count; })) continue;
      if (distances) return tell(query, nearest, ids, distances);
      for (std::size_t i = 0; i < nearest.size(); ++i) ids[i] = original(nearest[i]);
      return;
    }
  }

 private:
  static std::uint32_t grown(std::uint32_t effort) {
    return effort > std::numeric_limits<std::uint32_t>::max() / 2 ? effort : effort * 2;
  }

  NodeId original(NodeId node) const { return graph_.original_id.empty() ? node : graph_.original_id[node]; }

  // One query as the referee's player asks it: scratch, found and answers wiped, then search, then refinement.
  std::span<const NodeId> ask(const float* query, const Plan& plan, Workspace& workspace) const {
    const std::size_t search_bytes = round_up(plan.search_bytes, cache_line);
    const std::size_t refinement_bytes = round_up(plan.refinement_bytes, cache_line);
    const std::size_t found_bytes = round_up(plan.room * sizeof(Neighbour), cache_line);
    std::byte* memory = workspace.scratch.take(search_bytes + refinement_bytes + found_bytes + plan.k * sizeof(NodeId));
    std::memset(memory, 0, search_bytes + refinement_bytes + found_bytes);
    const std::span<std::byte> for_search(memory, plan.search_bytes);
    const std::span<std::byte> for_refinement(memory + search_bytes, plan.refinement_bytes);
    auto* after = memory + search_bytes + refinement_bytes;
    const std::span<Neighbour> found(reinterpret_cast<Neighbour*>(after), plan.room);
    const std::span<NodeId> nearest(reinterpret_cast<NodeId*>(after + found_bytes), plan.k);
    std::fill(nearest.begin(), nearest.end(), no_node);
    const std::uint32_t count = search_->search(query, plan.effort, plan.k, for_search, found);
    refinement_->refine(query, found.first(std::min<std::size_t>(count, plan.room)), for_refinement, nearest);
    return nearest;
  }

  // A candidate may rank by other distances than the exact ones that are told.
  void tell(const float* query, std::span<const NodeId> nearest, std::uint32_t* ids, float* distances) const {
    const auto before = [&](std::size_t a, std::size_t b) { return Neighbour{distances[a], ids[a]} < Neighbour{distances[b], ids[b]}; };
    for (std::size_t i = 0; i < nearest.size(); ++i) {
      ids[i] = original(nearest[i]);
      distances[i] = told_distance<metric>(query, base_[nearest[i]], base_.stride);
      for (std::size_t at = i; at > 0 && before(at, at - 1); --at) {
        std::swap(ids[at], ids[at - 1]);
        std::swap(distances[at], distances[at - 1]);
      }
    }
  }

  void answer_exactly(const float* query, std::uint32_t k, std::uint32_t* ids, float* distances) const {
    const std::vector<Neighbour> nearest = exact_answer<metric>(base_, graph_, query, k);
    for (std::uint32_t i = 0; i < k; ++i) {
      ids[i] = nearest[i].id;
      if (distances) distances[i] = nearest[i].distance;
    }
  }

  RowMemory rows_;
  Vectors base_;
  Graph graph_;
  std::optional<Search> search_;
  std::optional<Refinement> refinement_;
  std::size_t laid_out_bytes_ = 0;
  mutable WorkspacePool workspaces_;
};

}  // namespace annvil
