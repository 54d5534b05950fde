// The player that searches: loads a graph, lets search and refinement lay themselves out, then answers batches of queries.
#include <cstdio>
#include <cstring>
#include <new>
#include <span>

#include <annvil/count.hpp>
#include <annvil/memory.hpp>
#include <annvil/refinement.hpp>
#include <annvil/search.hpp>
#include <candidate/refinement.hpp>
#include <candidate/search.hpp>

#include "channel.hpp"
#include "graph_image.hpp"
#include "mapping.hpp"

namespace {

using Search = candidate::Search<annvil::Metric::ANNVIL_METRIC>;
using Refinement = candidate::Refinement<annvil::Metric::ANNVIL_METRIC>;
static_assert(annvil::SearchCandidate<Search>);
static_assert(annvil::RefinementCandidate<Refinement>);

// The base rows in node order, on huge pages. The referee subtracts their size from what the index is said to take.
annvil::HugeArray<float> rows_in_node_order(const annvil::Vectors& base, const annvil::Graph& graph) {
  annvil::HugeArray<float> rows(std::size_t{base.count} * base.stride);
  for (std::uint32_t node = 0; node < base.count; ++node) {
    const annvil::NodeId row = graph.original_id.empty() ? node : graph.original_id[node];
    std::memcpy(rows.data() + std::size_t{node} * base.stride, base[row], base.stride * sizeof(float));
  }
  return rows;
}

// Zero-filled scratch that grows to what a batch asks for and is wiped before every query: the wipe is part of the cost.
class Scratch {
 public:
  std::span<std::byte> reserve(std::size_t bytes) {
    if (bytes > memory_.size()) memory_ = annvil::HugeArray<std::byte>(bytes);
    return {memory_.data(), bytes};
  }

 private:
  annvil::HugeArray<std::byte> memory_;
};

void answer_batch(annvil::Channel& channel, const Search& search, const Refinement& refinement,
                  const annvil::Graph& graph, Scratch& for_search, Scratch& for_refinement,
                  annvil::HugeArray<annvil::Neighbour>& found) {
  const std::uint32_t k = channel.k, effort = channel.effort;
  const std::size_t room = std::max<std::size_t>(effort, std::size_t{10} * k);
  if (room > found.size()) found = annvil::HugeArray<annvil::Neighbour>(room);
  const auto search_scratch = for_search.reserve(search.scratch_bytes(effort, k));
  const auto refinement_scratch = for_refinement.reserve(refinement.scratch_bytes(static_cast<std::uint32_t>(room), k));
  for (std::uint32_t i = 0; i < channel.count; ++i) {
    const float* query = channel.queries() + std::size_t{i} * channel.stride;
    const std::span<annvil::NodeId> nearest(channel.answers() + std::size_t{i} * k, k);
    std::memset(search_scratch.data(), 0, search_scratch.size());
    std::memset(refinement_scratch.data(), 0, refinement_scratch.size());
    std::fill(nearest.begin(), nearest.end(), annvil::no_node);
    const std::uint32_t count = search.search(query, effort, k, search_scratch, {found.data(), room});
    refinement.refine(query, {found.data(), std::min<std::size_t>(count, room)}, refinement_scratch, nearest);
    if (graph.original_id.empty()) continue;
    for (annvil::NodeId& id : nearest) {
      if (id < graph.count) id = graph.original_id[id];
    }
  }
}

int serve() {
  annvil::Channel* channel = nullptr;
  {
    struct stat status{};
    fstat(annvil::channel_fd, &status);
    void* shared = mmap(nullptr, status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, annvil::channel_fd, 0);
    if (shared == MAP_FAILED) throw std::runtime_error("cannot map the channel");
    channel = static_cast<annvil::Channel*>(shared);
  }
  const annvil::Graph graph = annvil::read_graph(annvil::Mapping(annvil::graph_fd, "graph"));
  annvil::HugeArray<float> rows;
  annvil::Vectors base;
  {
    const annvil::Mapping file(annvil::base_fd, "base vectors");
    base = annvil::vectors_of(file, "the base file").vectors;
    rows = rows_in_node_order(base, graph);
    base.data = rows.data();
  }
  const Search search(base, graph);
  const Refinement refinement(base);
  Scratch for_search, for_refinement;
  annvil::HugeArray<annvil::Neighbour> found;
  for (std::uint32_t done = 0;; ++done) {
    annvil::report_distances(channel->distances);
    channel->response.store(done + 1, std::memory_order_release);
    annvil::futex_wake(channel->response);
    while (channel->request.load(std::memory_order_acquire) == done) annvil::futex_wait(channel->request, done, 1000);
    answer_batch(*channel, search, refinement, graph, for_search, for_refinement, found);
  }
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
