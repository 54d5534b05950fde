// The player that is looked at rather than timed: compiled with sanitizers, it answers a few queries on a small base and ends.
// All memory that search and refinement are lent is exactly as long as promised, so that a step past its end is seen.
#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <stdexcept>

#include <annvil/memory.hpp>
#include <annvil/refinement.hpp>
#include <annvil/search.hpp>
#include <candidate/refinement.hpp>
#include <candidate/search.hpp>

#include "channel.hpp"
#include "graph_image.hpp"
#include "mapping.hpp"
#include "node_order.hpp"

namespace {

using Search = candidate::Search<annvil::Metric::ANNVIL_METRIC>;
using Refinement = candidate::Refinement<annvil::Metric::ANNVIL_METRIC>;
static_assert(annvil::SearchCandidate<Search>);
static_assert(annvil::RefinementCandidate<Refinement>);

// In place of the channel of a timed player.
constexpr int queries_fd = annvil::channel_fd;

void answer(const Search& search, const Refinement& refinement, const float* query, std::uint32_t stride, std::uint32_t effort,
            std::uint32_t k) {
  const std::size_t room = std::max<std::size_t>(effort, std::size_t{10} * k);
  annvil::HugeArray<float> asked(stride);
  std::memcpy(asked.data(), query, stride * sizeof(float));
  annvil::HugeArray<std::byte> for_search(search.scratch_bytes(effort, k));
  annvil::HugeArray<std::byte> for_refinement(refinement.scratch_bytes(static_cast<std::uint32_t>(room), k));
  annvil::HugeArray<annvil::Neighbour> found(room);
  annvil::HugeArray<annvil::NodeId> nearest(k);
  std::fill(nearest.begin(), nearest.end(), annvil::no_node);
  const std::uint32_t count =
      search.search(asked.data(), effort, k, {for_search.data(), for_search.size()}, {found.data(), room});
  refinement.refine(asked.data(), {found.data(), std::min<std::size_t>(count, room)},
                    {for_refinement.data(), for_refinement.size()}, {nearest.data(), k});
}

}  // namespace

// Arguments: k, then the efforts.
int main(int argc, char** argv) {
  try {
    const annvil::Graph graph = annvil::read_graph(annvil::Mapping(annvil::graph_fd, "graph"));
    const annvil::Mapping file(annvil::base_fd, "base vectors"), asked(queries_fd, "queries");
    annvil::Vectors base = annvil::vectors_of(file, "the base file").vectors;
    const annvil::Vectors queries = annvil::vectors_of(asked, "the query file").vectors;
    if (const std::string fault = annvil::graph_fault(graph, base.count); !fault.empty()) throw std::runtime_error(fault);
    const annvil::HugeArray<float> rows = annvil::rows_in_node_order(base, graph);
    base.data = rows.data();
    const Search search(base, graph);
    const Refinement refinement(base);
    const auto k = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10));
    for (int i = 2; i < argc; ++i) {
      const auto effort = static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10));
      for (std::uint32_t query = 0; query < queries.count; ++query) {
        answer(search, refinement, queries[query], queries.stride, effort, k);
      }
    }
    return 0;
  } catch (const std::bad_alloc&) {
    return annvil::out_of_memory_status;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
