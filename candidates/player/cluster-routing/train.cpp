// Trains a cluster-routing index: k-means, then predictor and duplication by turns (Ikeda, Miyashita & Deguchi 2025).
//
// Settings: clusters; rounds of duplication; firstEpochs before the first and roundEpochs after each; copies, the most a vector may have on
// average. Inputs: base, queries to train on, and the nearest base row of each.
#include "../learned/train_main.hpp"

#include <annvil/cluster-routing/clusters.hpp>

#include <candidate/predictor.hpp>
#include <candidate/duplication.hpp>

#include "rounds.hpp"
#include "sections.hpp"

static_assert(annvil::PredictorCandidate<candidate::Predictor>);
static_assert(annvil::DuplicationCandidate<candidate::Duplication>);

int main(int argc, char** argv) {
  using namespace annvil;
  return train_main(argc, argv, [](Training& training, SectionsWriter& output) {
    const Settings& settings = training.settings;
    const Mapping base_file(train_fd::base, "base"), query_file(train_fd::queries, "training queries"),
        key_file(train_fd::neighbours, "their neighbours");
    const Vectors base = vectors_of(base_file, "the base").vectors, queries = vectors_of(query_file, "the training queries").vectors;
    const Neighbours nearest = neighbours_of(key_file);
    if (nearest.k != 1 || nearest.count != queries.count || nearest.base_count != base.count)
      throw std::runtime_error("neighbours of other queries");

    const auto clusters = static_cast<std::uint32_t>(settings.whole("clusters"));
    const Clustering clustering = storage_clusters(base, clusters, training.seed);
    const RoutingTask task{base, queries, {nearest.ids, nearest.count}, {nearest.distances, nearest.count}, clusters, clustering.centroids};
    Holdings holdings(clustering.assignment, clusters);

    const auto rounds = static_cast<std::uint32_t>(settings.whole("rounds"));
    std::vector<std::uint32_t> epochs(rounds + 1, static_cast<std::uint32_t>(settings.whole("roundEpochs")));
    epochs[0] = static_cast<std::uint32_t>(settings.whole("firstEpochs"));
    const auto most = static_cast<std::size_t>(settings.number("copies") * base.count);

    candidate::Predictor predictor(training, task);
    candidate::Duplication duplication(task, training.seed);
    for (routing::Rounds state(training, holdings, epochs); state.phase() < state.phases();) {
      state.train(predictor);
      const std::uint32_t round = state.phase() - 1;
      if (round == rounds) break;
      const std::size_t room = most - std::min(most, holdings.total());
      const std::vector<Marked> marked = routing::mark(predictor, task, rows_of(queries), holdings);
      const std::vector<Copy> copies = duplication.choose(marked, holdings, {round, rounds, room});
      if (copies.size() > room) throw std::runtime_error("more copies than there is room for");
      for (const Copy& copy : copies) state.add(copy);
    }
    routing::write_clusters(output, holdings);
    output.add<float>("network", predictor.network().serialised());
  });
}
