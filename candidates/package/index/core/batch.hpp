// Many queries, answered by several threads that take chunks of them in turns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <annvil/parallel.hpp>

#include "cores.hpp"
#include "engine.hpp"
#include "input.hpp"
#include "rows.hpp"

namespace annvil {

// What a caller is owed for each query, and what is asked for it.
struct Order {
  std::uint32_t k;       // places to fill
  std::uint32_t wanted;  // neighbours to look for; fewer than k where there are fewer rows
  std::uint32_t effort;
};

// Queries that a thread takes at once: enough that taking them costs nothing.
inline constexpr std::size_t chunk = 16;

// One thread's turn at a chunk. Throws BadArgument.
template <Metric metric>
void answer_chunk(const Engine<metric>& engine, const Input& queries, std::size_t from, std::size_t to, const Order& order,
                  const typename Engine<metric>::Plan& plan, std::uint32_t* ids, float* distances, std::uint32_t* compared) {
  WorkspacePool::Lease workspace(engine.workspaces());
  const std::uint32_t stride = engine.base().stride;
  // Where fewer are owed than are looked for, or fewer there are than are owed, answers are made beside their place.
  const std::size_t spare = order.wanted > order.k ? order.wanted : 0;
  std::byte* memory = (*workspace).query.take(stride * sizeof(float) + spare * (sizeof *ids + sizeof *distances));
  auto* query = reinterpret_cast<float*>(memory);
  auto* spare_ids = reinterpret_cast<std::uint32_t*>(query + stride);
  auto* spare_distances = reinterpret_cast<float*>(spare_ids + spare);
  for (std::size_t i = from; i < to; ++i) {
    if (!prepare_row<metric>(queries[i], queries.dimension, query)) {
      throw BadArgument(input_fault<metric>(queries.name, i, queries[i], queries.dimension));
    }
    std::uint32_t* const own_ids = ids + i * order.k;
    float* const own_distances = distances ? distances + i * order.k : nullptr;
    std::uint32_t* const own_compared = compared ? compared + i : nullptr;
    if (spare > 0) {
      engine.answer(query, plan, *workspace, spare_ids, distances ? spare_distances : nullptr, own_compared);
      std::copy_n(spare_ids, order.k, own_ids);
      if (distances) std::copy_n(spare_distances, order.k, own_distances);
      continue;
    }
    engine.answer(query, plan, *workspace, own_ids, own_distances, own_compared);
    std::fill(own_ids + order.wanted, own_ids + order.k, no_node);
    if (distances) std::fill(own_distances + order.wanted, own_distances + order.k, std::numeric_limits<float>::infinity());
  }
}

// Throws BadArgument, Cancelled, std::bad_alloc.
template <Metric metric>
void answer_batch(const Engine<metric>& engine, const Input& queries, const Order& order, const SearchOptions& options,
                  std::uint32_t* ids, float* distances) {
  if (options.compared && !Engine<metric>::counts_compared) throw Unsupported("compared: an index of this kind does not count the rows that it compares");
  const auto plan = engine.plan(order.wanted, order.effort);
  const auto answer = [&](std::size_t from, std::size_t to) {
    answer_chunk(engine, queries, from, to, order, plan, ids, distances, options.compared);
  };
  if (queries.count <= chunk && !options.progress) return answer(0, queries.count);
  Operation operation(options.progress);
  operation.enter("search", static_cast<double>((queries.count + chunk - 1) / chunk));
  parallel_for((queries.count + chunk - 1) / chunk, threads_for(options.threads), 1, [&](std::size_t i, std::uint32_t) {
    answer(i * chunk, std::min((i + 1) * chunk, queries.count));
  });
}

}  // namespace annvil
