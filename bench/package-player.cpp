// A package behind the referee's protocol, so that it is timed beside the player that the champion was measured with: the graph is the
// referee's, and every batch is answered through the package's C ABI. One query a call where PACKAGE_ONE_BY_ONE is defined.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

// All of the C ABI, compiled as the package compiles it.
#include "src/c_abi.cpp"

#include "player/channel.hpp"

namespace {

namespace own = PACKAGE_NAME::annvil;

annvil::Channel& map_channel() {
  struct stat status{};
  fstat(annvil::channel_fd, &status);
  void* shared = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, annvil::channel_fd, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("cannot map the channel");
  return *static_cast<annvil::Channel*>(shared);
}

struct File {
  explicit File(int fd) {
    struct stat status{};
    fstat(fd, &status);
    size = static_cast<std::size_t>(status.st_size);
    data = static_cast<const std::byte*>(mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0));
  }
  ~File() { munmap(const_cast<std::byte*>(data), size); }
  const std::byte* data;
  std::size_t size;
};

template <own::Metric metric>
annvil_index index_of(own::Graph graph, const std::uint32_t* head, const float* rows) {
  // Of a prepared vector file: magic, metric, count, dimension, stride.
  const own::Vectors base{rows, head[3], head[4], head[5]};
  own::HugeArray<float> own_rows = own::rows_in_node_order(base, graph);
  auto engine = std::make_unique<own::Engine<metric>>(own::RowMemory(std::move(own_rows)), base, std::move(graph));
  return {PACKAGE_NAME::Index(std::move(engine), own::Calibration{})};
}

annvil_index make_index() {
  const File base(annvil::base_fd), image(annvil::graph_fd);
  own::Graph graph = own::read_graph(own::Mapping(image.data, image.size));
  const auto* head = reinterpret_cast<const std::uint32_t*>(base.data);
  const auto* rows = reinterpret_cast<const float*>(base.data + 4096);
  return head[2] == 0 ? index_of<own::Metric::squared_l2>(std::move(graph), head, rows)
                      : index_of<own::Metric::inner_product>(std::move(graph), head, rows);
}

// The channel's queries are padded, and a package's are not.
void answer(const annvil_index& index, annvil::Channel& channel) {
#if defined(PACKAGE_ONE_BY_ONE)
  const std::uint32_t together = 1;
#else
  const std::uint32_t together = index.index.dimension() == channel.stride ? channel.count : 1;
#endif
  annvil_search_options options{};
  options.struct_size = sizeof options;
  options.k = channel.k;
  options.effort = channel.effort;
  options.threads = 1;
  for (std::uint32_t i = 0; i < channel.count; i += together) {
    const float* queries = channel.queries() + std::size_t{i} * channel.stride;
    if (table.search(&index, queries, together, &options, channel.answers() + std::size_t{i} * channel.k, nullptr) != ANNVIL_OK) {
      throw std::runtime_error(table.last_error());
    }
  }
}

}  // namespace

int main() {
  try {
    annvil::Channel& channel = map_channel();
    const annvil_index index = make_index();
    for (std::uint32_t done = 0;; ++done) {
      channel.response.store(done + 1, std::memory_order_release);
      annvil::futex_wake(channel.response);
      while (channel.request.load(std::memory_order_acquire) == done) annvil::futex_wait(channel.request, done, 1000);
      // The first request would lock the memory of a candidate.
      if (done > 0) answer(index, channel);
    }
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
