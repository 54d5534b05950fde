// From a training to a package's index file: rows group by group, the networks, and recall by effort on queries that nothing was trained
// or selected on. Compiled at export against the package's own headers (namespace PACKAGE_NAME) and the players' (namespace annvil).
//
// make_index SECTIONS BASE QUERIES FROM COUNT K REACH IDS OUT
//   SECTIONS  what the training left     BASE, QUERIES  prepared vectors (.avec); queries FROM to FROM + COUNT calibrate, for K neighbours
//   REACH     as read_trained.hpp says   IDS            what each row is to be called, uint32
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

#include "read_trained.hpp"

namespace {

namespace package = PACKAGE_NAME::annvil;

annvil::Mapping map_file(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw std::runtime_error(std::string("cannot open ") + path);
  annvil::Mapping mapping(fd, path);
  close(fd);
  return mapping;
}

std::vector<std::uint32_t> read_ids(const char* path, std::size_t count) {
  std::vector<std::uint32_t> ids(count);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(ids.data()), static_cast<std::streamsize>(count * sizeof ids[0]))) {
    throw std::runtime_error(std::string(path) + " has too few ids");
  }
  return ids;
}

// `order`: the base rows, group by group.
package::Model model_of(const TrainedGroups& trained, const std::vector<std::uint32_t>& order, const std::vector<std::uint32_t>& ids) {
  package::Model model;
  model.settings = trained.settings;
  model.offsets.assign(trained.groups + 1, 0);
  model.copy_offsets.assign(trained.groups + 1, 0);
  std::vector<std::uint32_t> place(order.size());
  for (std::uint32_t at = 0; at < order.size(); ++at) {
    place[order[at]] = at;
    model.original_id.push_back(ids[order[at]]);
    ++model.offsets[trained.home[order[at]] + 1];
  }
  auto copies = trained.copies;
  std::stable_sort(copies.begin(), copies.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  for (const auto& [row, group] : copies) {
    model.copies.push_back(place[row]);
    ++model.copy_offsets[group + 1];
  }
  std::partial_sum(model.offsets.begin(), model.offsets.end(), model.offsets.begin());
  std::partial_sum(model.copy_offsets.begin(), model.copy_offsets.end(), model.copy_offsets.begin());
  for (const auto& words : trained.networks) {
    model.networks.push_back(words.empty() ? std::nullopt : std::optional(package::Network::parse(words)));
  }
  return model;
}

template <package::Metric metric>
void make(const annvil::Vectors& base, const annvil::Vectors& queries, const TrainedGroups& trained, const std::vector<std::uint32_t>& ids,
          std::uint32_t k, const char* out) {
  std::vector<std::uint32_t> order(base.count);
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return trained.home[a] < trained.home[b]; });
  package::HugeArray<float> rows(std::size_t{base.count} * base.stride);
  for (std::size_t at = 0; at < order.size(); ++at) std::memcpy(rows.data() + at * base.stride, base[order[at]], base.stride * sizeof(float));
  const package::Vectors shape{nullptr, base.count, base.dimension, base.stride};
  const package::Engine<metric> engine(package::RowMemory(std::move(rows)), shape, model_of(trained, order, ids));
  const PACKAGE_NAME::Progress progress = [last = -1](const char* phase, double done) mutable {
    const int percent = static_cast<int>(100 * done);
    if (percent != last) std::printf("%s %d\n", phase, last = percent), std::fflush(stdout);
    return true;
  };
  package::Operation operation(progress);
  const package::Vectors asked{queries.data, queries.count, queries.dimension, queries.stride};
  package::save_engine(engine, package::calibrate(engine, asked, k, package::threads_for(0), operation), out);
}

void run(char** arguments) {
  const annvil::Mapping sections_file = map_file(arguments[1]), base_file = map_file(arguments[2]), queries_file = map_file(arguments[3]);
  const annvil::VectorFile base = annvil::vectors_of(base_file, arguments[2]);
  annvil::Vectors queries = annvil::vectors_of(queries_file, arguments[3]).vectors;
  const auto number = [](const char* text) { return static_cast<std::uint32_t>(std::stoul(text)); };
  const std::uint32_t from = number(arguments[4]), count = number(arguments[5]);
  if (std::uint64_t{from} + count > queries.count || count == 0) throw std::runtime_error("there are no such queries");
  queries.data += std::size_t{from} * queries.stride;
  queries.count = count;
  const TrainedGroups trained = read_trained(annvil::Sections(sections_file), number(arguments[7]));
  const annvil::Vectors& rows = base.vectors;
  const bool fits = trained.home.size() == rows.count && std::all_of(trained.home.begin(), trained.home.end(), [&](std::uint32_t group) { return group < trained.groups; });
  if (!fits || queries.dimension != rows.dimension || rows.stride != package::stride_of(rows.dimension) || queries.stride != rows.stride) {
    throw std::runtime_error("training, base and queries do not belong together");
  }
  const std::vector<std::uint32_t> ids = read_ids(arguments[8], rows.count);
  if (base.metric == annvil::Metric::inner_product) {
    make<package::Metric::inner_product>(rows, queries, trained, ids, number(arguments[6]), arguments[9]);
  } else {
    make<package::Metric::squared_l2>(rows, queries, trained, ids, number(arguments[6]), arguments[9]);
  }
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count != 10) throw std::runtime_error("make_index SECTIONS BASE QUERIES FROM COUNT K REACH IDS OUT");
    run(arguments);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
