// The player that builds: maps the base vectors, lets the candidate build its graph, writes the graph out and ends.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include <annvil/construction.hpp>

// Before the candidate's header, so that nothing in that can change what these mean.
#include "channel.hpp"
#include "graph_image.hpp"
#include "mapping.hpp"

#include <candidate/construction.hpp>

namespace {

using Builder = candidate::Construction<annvil::Metric::ANNVIL_METRIC>;
static_assert(annvil::ConstructionCandidate<Builder>);

void write_all(const void* data, std::size_t bytes) {
  const auto* from = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = write(annvil::graph_fd, from, bytes);
    if (written <= 0) throw std::runtime_error("the graph does not fit the space it is allowed");
    from += written;
    bytes -= static_cast<std::size_t>(written);
  }
}

}  // namespace

// Arguments: maximum degree, threads, seed.
int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    const annvil::BuildLimits limits{
        .max_degree = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10)),
        .threads = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)),
        .seed = std::strtoull(argv[3], nullptr, 10),
    };
    const annvil::Mapping base(annvil::base_fd, "base vectors");
    const annvil::Graph graph = Builder::build(annvil::vectors_of(base, "the base file").vectors, limits);
    annvil::write_graph(graph, [](const std::uint32_t* words, std::size_t count) { write_all(words, count * sizeof *words); });
    return 0;
  } catch (const std::bad_alloc&) {
    return annvil::out_of_memory_status;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
