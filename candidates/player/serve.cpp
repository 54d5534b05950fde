// The player that searches: loads a graph, lets search and refinement lay themselves out, then answers batches of queries.
#include <ucontext.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <span>

#include <annvil/count.hpp>
#include <annvil/memory.hpp>
#include <annvil/refinement.hpp>
#include <annvil/search.hpp>

// Before the candidate's headers, so that nothing in those can change what these mean.
#include "channel.hpp"
#include "graph_image.hpp"
#include "lockdown.hpp"
#include "mapping.hpp"
#include "node_order.hpp"
#include "workspace.hpp"

namespace {

// Before the candidate's initialisers too, if it has any.
[[gnu::constructor(101)]] void begin_without_new_code() { annvil::forbid_new_code(); }

}  // namespace

#include <candidate/refinement.hpp>
#include <candidate/search.hpp>

namespace {

using Search = candidate::Search<annvil::Metric::ANNVIL_METRIC>;
using Refinement = candidate::Refinement<annvil::Metric::ANNVIL_METRIC>;
static_assert(annvil::SearchCandidate<Search>);
static_assert(annvil::RefinementCandidate<Refinement>);

// All that answering takes. Nothing of it changes from the first query on.
struct Index {
  annvil::Channel& channel;
  const annvil::Workspace& workspace;
  const annvil::Graph& graph;
  const Search& search;
  const Refinement& refinement;
};

// The first `bytes` of an area; the rest of it is zero from here on.
std::span<std::byte> take(const annvil::Workspace::Area& area, std::size_t bytes) {
  if (bytes > area.size) annvil::end_with(1, "more scratch is asked for than there is: 64 MiB and 16 bytes a vector\n");
  annvil::Workspace::forget_beyond(area, bytes);
  return {area.data, bytes};
}

// Scratch is wiped before every query, and what else queries may have left behind before every batch: the wipe is part of the cost.
// Not inlined, so that the frame in which an inlined search keeps its variables is dead, and wiped, between batches.
[[gnu::noinline]] void answer_batch(const Index& index) {
  annvil::Channel& channel = index.channel;
  const annvil::Graph& graph = index.graph;
  const std::uint32_t k = channel.k, effort = channel.effort, queries = channel.count, stride = channel.stride;
  const std::size_t room = std::max<std::size_t>(effort, std::size_t{10} * k);
  const auto search_scratch = take(index.workspace.search(), index.search.scratch_bytes(effort, k));
  const auto refinement_scratch = take(index.workspace.refinement(), index.refinement.scratch_bytes(static_cast<std::uint32_t>(room), k));
  const auto found_memory = take(annvil::Workspace::found(), room * sizeof(annvil::Neighbour));
  const std::span<annvil::Neighbour> found(reinterpret_cast<annvil::Neighbour*>(found_memory.data()), room);
  for (std::uint32_t i = 0; i < queries; ++i) {
    const float* query = channel.queries() + std::size_t{i} * stride;
    const std::span<annvil::NodeId> nearest(channel.answers() + std::size_t{i} * k, k);
    std::memset(search_scratch.data(), 0, search_scratch.size());
    std::memset(refinement_scratch.data(), 0, refinement_scratch.size());
    std::memset(found_memory.data(), 0, found_memory.size());
    std::fill(nearest.begin(), nearest.end(), annvil::no_node);
    const std::uint32_t count = index.search.search(query, effort, k, search_scratch, found);
    index.refinement.refine(query, found.first(std::min<std::size_t>(count, room)), refinement_scratch, nearest);
    if (graph.original_id.empty()) continue;
    for (annvil::NodeId& id : nearest) {
      if (id < graph.count) id = graph.original_id[id];
    }
  }
}

[[noreturn]] void answer(const Index& index) {
  annvil::Channel& channel = index.channel;
  for (std::uint32_t done = 0;; ++done) {
    annvil::report_distances(channel.distances);
    channel.response.store(done + 1, std::memory_order_release);
    annvil::futex_wake(channel.response);
    while (channel.request.load(std::memory_order_acquire) == done) annvil::futex_wait(channel.request, done, 1000);
    if (done > 0) {
      annvil::Workspace::forget_dead_stack();
      answer_batch(index);
    } else if (channel.count > 0) {
      annvil::lock_down({channel.ranges(), channel.count}, channel);
    }
  }
}

// What a fresh stack starts with takes no arguments.
const Index* prepared = nullptr;

[[noreturn]] void answer_prepared() {
  try {
    answer(*prepared);
  } catch (const std::exception& failure) {
    annvil::end_with(1, failure.what());
  }
}

// Answers on the workspace's stack: the one it was started on becomes read-only.
void answer_on_workspace_stack(const Index& index) {
  prepared = &index;
  ucontext_t context;
  if (getcontext(&context) != 0) throw std::runtime_error("cannot change stacks");
  context.uc_stack.ss_sp = annvil::Workspace::stack().data;
  context.uc_stack.ss_size = annvil::Workspace::stack().size;
  context.uc_link = nullptr;
  makecontext(&context, answer_prepared, 0);
  setcontext(&context);
}

annvil::Channel& map_channel() {
  struct stat status{};
  fstat(annvil::channel_fd, &status);
  void* const wanted = reinterpret_cast<void*>(annvil::Channel::address);
  void* shared = mmap(wanted, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_POPULATE | MAP_FIXED_NOREPLACE, annvil::channel_fd, 0);
  if (shared != wanted) throw std::runtime_error("cannot map the channel");
  return *static_cast<annvil::Channel*>(shared);
}

int serve() {
  annvil::Channel& channel = map_channel();
  const annvil::Graph graph = annvil::read_graph(annvil::Mapping(annvil::graph_fd, "graph"));
  annvil::HugeArray<float> rows;
  annvil::Vectors base;
  {
    const annvil::Mapping file(annvil::base_fd, "base vectors");
    base = annvil::vectors_of(file, "the base file").vectors;
    rows = annvil::rows_in_node_order(base, graph);
    base.data = rows.data();
  }
  const annvil::Workspace workspace(base.count);
  const Search search(base, graph);
  const Refinement refinement(base);
  answer_on_workspace_stack({channel, workspace, graph, search, refinement});
  return 1;
}

}  // namespace

int main() {
  try {
    return serve();
  } catch (const std::bad_alloc&) {
    return annvil::out_of_memory_status;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
