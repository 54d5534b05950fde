// The index itself, for a metric: rows group by group, and the trained router that says which groups a query is compared with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include <annvil/memory.hpp>
#include <annvil/vectors.hpp>

#include "carve.hpp"
#include "closest.hpp"
#include "exhaustive.hpp"
#include "model.hpp"
#include "router.hpp"
#include "row_memory.hpp"
#include "workspace.hpp"

namespace annvil {

// What the engine is made of besides rows, and keeps in its file.
using Structure = Model;

template <Metric metric>
class Engine {
 public:
  // Whether answer() says how many rows it compared.
  static constexpr bool counts_compared = true;

  // What answering with some k and effort takes.
  struct Plan {
    std::uint32_t k, effort;
    bool exhaustive = false;
  };

  // rows: group by group. model: checked. Throws std::runtime_error where its networks do not fit it. The router refers to members, so it stays where it is made.
  Engine(RowMemory rows, Vectors shape, Model model)
      : rows_(std::move(rows)), base_(shape), model_(std::move(model)), router_(model_, shape.dimension) {
    base_.data = rows_.data();
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Vectors& base() const { return base_; }
  const Structure& structure() const { return model_; }
  WorkspacePool& workspaces() const { return workspaces_; }
  std::size_t memory_bytes() const { return rows_.own_bytes() + model_.bytes(); }

  // k: at least 1 and at most the rows there are. Beyond the router's greatest effort all rows are compared.
  Plan plan(std::uint32_t k, std::uint32_t effort) const { return {k, effort, effort > router_.most_effort()}; }

  // Answers one prepared query: `plan.k` original ids, closest first; distances as told to callers, or null; how many rows it was
  // compared with, or null. query: stride floats, 64-byte aligned.
  void answer(const float* query, const Plan& asked, Workspace& workspace, std::uint32_t* ids, float* distances,
              std::uint32_t* compared = nullptr) const {
    std::uint32_t count = 0;
    for (Plan now = asked;; now = plan(now.k, grown(now.effort))) {
      const std::span<const Neighbour> found = ask(query, now, workspace, count);
      // Few groups may hold fewer than k rows, and a caller is owed k where there are as many.
      if (found.size() < now.k) continue;
      for (std::size_t i = 0; i < found.size(); ++i) {
        ids[i] = found[i].id;
        if (distances) distances[i] = found[i].distance;
      }
      if (compared) *compared = count;
      return;
    }
  }

 private:
  static std::uint32_t grown(std::uint32_t effort) {
    return effort > std::numeric_limits<std::uint32_t>::max() / 2 ? std::numeric_limits<std::uint32_t>::max() : effort * 2;
  }

  // Squared L2, whichever metric: what routers were trained to expect. Of unit vectors it is twice 1 - cosine.
  static float squared(float told) { return metric == Metric::squared_l2 ? told : 2 * told; }

  std::span<const Neighbour> ask(const float* query, const Plan& plan, Workspace& workspace, std::uint32_t& compared) const {
    Carve sizes;
    carve(sizes, plan.k);
    std::byte* memory = workspace.scratch.take(sizes.bytes());
    std::memset(memory, 0, sizes.bytes());
    Carve parts(memory);
    const auto [room, scratch] = carve(parts, plan.k);
    Closest closest(room, plan.k);
    compared = 0;
    const auto compare = [&](std::uint32_t row) {
      closest.offer({told_distance<metric>(query, base_[row], base_.stride), model_.original_id[row]});
      ++compared;
    };
    if (plan.exhaustive) {
      for (std::uint32_t row = 0; row < base_.count; ++row) compare(row);
    } else {
      router_.route(query, plan.effort, scratch.data(), [&](std::uint32_t group) {
        model_.each_row(group, compare);
        return squared(closest.nearest());
      });
    }
    return closest.sorted();
  }

  std::pair<std::span<Neighbour>, std::span<std::byte>> carve(Carve& memory, std::uint32_t k) const {
    const auto room = memory.array<Neighbour>(Closest::room(k));
    return {room, memory.array<std::byte>(router_.scratch_bytes())};
  }

  RowMemory rows_;
  Vectors base_;
  Model model_;
  Router router_;
  mutable WorkspacePool workspaces_;
};

}  // namespace annvil
