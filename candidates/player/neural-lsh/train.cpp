// The player that trains a Neural LSH index: one level of bins, or two.
//
// Inputs: base; neighbours, the exact neighbours of the base in itself; extra, a sections file with `kahip` (a bin a row), or nothing.
// Settings: bins, second (bins a bin on the second level; 1: there is none), imbalance, limit, and what the router takes.
// Output: `shape` [bins, second, dimension], `partition` and `bins` (of each row; bin * second + second bin), `router` and, of bin j,
// `router.j`.
#include "../learned/train_main.hpp"

#include <annvil/memory.hpp>
#include <annvil/neural-lsh/metis.hpp>
#include <annvil/neural-lsh/partition.hpp>
#include <annvil/neural-lsh/router.hpp>

// Before the candidate's headers, so that nothing in those can change what these mean.
#include "level.hpp"
#include "neighbour_lists.hpp"

#include <candidate/partition.hpp>
#include <candidate/router.hpp>

namespace {

using namespace annvil;
using namespace annvil::neural_lsh;

static_assert(PartitionCandidate<candidate::Partition>);
static_assert(RouterCandidate<candidate::Router>);

// Neighbours a row that slots see: soft labels take fifty.
constexpr std::uint32_t neighbours_a_row = 50;

// Some rows of the base, copied.
struct Part {
  Part(const Vectors& base, std::span<const NodeId> rows)
      : memory(rows.size() * base.stride), vectors{memory.data(), 0, base.dimension, base.stride} {
    for (const NodeId row : rows) std::copy_n(base[row], base.stride, memory.data() + std::size_t{vectors.count++} * base.stride);
  }
  HugeArray<float> memory;
  Vectors vectors;
};

void add_network(SectionsWriter& output, const std::string& name, const Network& network) {
  output.add<float>(name, network.serialised());
}

void train(Training& training, SectionsWriter& output) {
  const Mapping base_file(train_fd::base, "base"), neighbours_file(train_fd::neighbours, "neighbours");
  const Vectors base = vectors_of(base_file, "base").vectors;
  const NeighbourLists lists(neighbours_of(neighbours_file), base.count, neighbours_a_row);
  const auto bins = static_cast<std::uint32_t>(training.settings.whole("bins"));
  const auto second = static_cast<std::uint32_t>(training.settings.whole("second"));
  const double imbalance = training.settings.number("imbalance"), limit = training.settings.number("limit");

  PartitionRequest request{bins, imbalance, training.seed, {}};
  std::optional<Mapping> extra_file;
  std::optional<Sections> extra;
  if (training.settings.has("kahip")) {
    extra_file.emplace(train_fd::extra, "extra");
    extra.emplace(*extra_file);
    request.kahip = extra->values<std::uint32_t>("kahip");
    if (request.kahip.size() != base.count) throw std::runtime_error("KaHIP's partition is of another base");
  }
  candidate::Partition partition;
  candidate::Router router(training);
  Level first = make_level(partition, router, base, lists.table(), request, limit);
  output.add<std::uint32_t>("shape", std::vector<std::uint32_t>{bins, second, base.dimension});
  add_network(output, "router", first.router);
  if (second > 1) {
    std::vector<std::vector<NodeId>> rows(bins);
    for (NodeId id = 0; id < base.count; ++id) rows[first.bins[id]].push_back(id);
    for (std::uint32_t bin = 0; bin < bins; ++bin) {
      for (const NodeId id : rows[bin]) first.partition[id] *= second, first.bins[id] *= second;
      // A bin of a row or none has nothing to divide: all of it is in its first bin, and no router is needed.
      if (rows[bin].size() < 2) continue;
      const Part part(base, rows[bin]);
      const NeighbourLists near(lists.table(), rows[bin]);
      const PartitionRequest request_below{second, imbalance, training.seed + bin + 1, {}};
      const Level below = make_level(partition, router, part.vectors, near.table(), request_below, limit);
      for (std::size_t i = 0; i < rows[bin].size(); ++i) {
        first.partition[rows[bin][i]] += below.partition[i];
        first.bins[rows[bin][i]] += below.bins[i];
      }
      add_network(output, "router." + std::to_string(bin), below.router);
    }
  }
  output.add<std::uint32_t>("partition", first.partition);
  output.add<std::uint32_t>("bins", first.bins);
}

}  // namespace

int main(int argc, char** argv) { return annvil::train_main(argc, argv, train); }
