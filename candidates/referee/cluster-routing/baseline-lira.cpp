// LIRA (Zeng et al., WWW 2025) as the strong baseline: k-means buckets, a probing model, second copies for vectors that it would probe far
// for, and a sweep of the threshold. Trained here, since a baseline is ours; counted by the same code as everything else.
//
// Request: as examine.cpp's, and {trainQueries, trainKeys, checkpoint: paths; epochs, copies, noise, approach, seed}. The checkpoint is
// removed once the training has ended.
#include <torch/torch.h>

#include <cmath>

#include "../../player/learned/train_main.hpp"

#include "../../player/cluster-routing/rounds.hpp"
#include "baseline_kmeans.hpp"
#include "lira_training.hpp"

namespace {

using namespace annvil;
using namespace annvil::referee;

// The vectors that would be probed for the farthest, by the expected number of buckets, get a copy in their most probable other bucket
// (section 4.3).
void add_copies(routing::Rounds& rounds, const Holdings& holdings, const torch::Tensor& probabilities, std::size_t room) {
  const auto expected = probabilities.sum(1);
  const auto order = expected.argsort(0, true);
  const float* row = probabilities.data_ptr<float>();
  for (std::int64_t i = 0; i < order.size(0) && room > 0; ++i, --room) {
    const auto key = order[i].item<std::int64_t>();
    const float* chances = row + key * holdings.clusters();
    std::uint32_t best = holdings.clusters();
    for (std::uint32_t c = 0; c < holdings.clusters(); ++c) {
      if (!holdings.holds(c, static_cast<std::uint32_t>(key)) && (best == holdings.clusters() || chances[c] > chances[best])) best = c;
    }
    rounds.add({static_cast<std::uint32_t>(key), best});
  }
}

// Every bucket whose probability passes the threshold is fetched, and the most probable one in any case.
Json sweep(const RoutingExam& exam, const Clusters& clusters, const torch::Tensor& probabilities, std::size_t chunks) {
  constexpr std::uint32_t efforts = 60;
  const Probing probing(exam, clusters);
  std::vector<FetchTally> tallies = referee::tallies(efforts, exam.queries());
  const auto count = static_cast<std::uint32_t>(clusters.members.size());
  std::vector<std::uint32_t> order(count);
  for (std::uint32_t query = 0; query < exam.queries(); ++query) {
    const float* chances = probabilities.data_ptr<float>() + std::size_t{query} * count;
    for (std::uint32_t c = 0; c < count; ++c) order[c] = c;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return chances[a] > chances[b]; });
    Tour tour;
    for (std::uint32_t effort = 0; effort < efforts; ++effort) {
      const double threshold = std::pow(10.0, -0.07 * effort);
      while (tour.clusters < count && (tour.clusters == 0 || chances[order[tour.clusters]] > threshold))
        tour.fetch(probing, query, order[tour.clusters]);
      tallies[effort].set(exam, query, tour);
    }
  }
  return points_of(tallies, chunks);
}

// Half of the epochs, copies, and the other half; from where an earlier process was cut short.
void train(LiraModel& model, const LiraQueries& queries, Holdings& holdings, const Json& request, int checkpoint_fd) {
  const std::uint64_t seed = request.at("seed");
  const std::uint32_t epochs = request.at("epochs");
  CheckpointFile checkpoint(checkpoint_fd);
  const Settings none(0, nullptr);
  Training training{seed, torch::kCPU, none, checkpoint,
                    [](std::size_t done, std::size_t total, double) { report_progress(done, total); }};
  routing::Rounds rounds(training, holdings, {(epochs + 1) / 2, epochs / 2});
  LiraTraining lira(model, queries, seed);
  if (rounds.phase() == 0) {
    rounds.train(lira);
    const double room = (request.at("copies").get<double>() - 1) * static_cast<double>(holdings.keys());
    add_copies(rounds, holdings, model.probabilities(queries.base), static_cast<std::size_t>(room));
  }
  rounds.train(lira);
}

Json examine(const Json& request) {
  at::set_num_threads(1);
  at::globalContext().setFlushDenormal(true);
  const auto seed = request.at("seed").get<std::uint64_t>();
  torch::manual_seed(seed);
  const RoutingExam exam(request);
  const Mapping query_file = map_file(request.at("trainQueries")), key_file = map_file(request.at("trainKeys"));
  const auto base = tensor_of(exam.base());
  const LiraQueries queries{base, tensor_of(vectors_of(query_file, "the training queries").vectors), neighbours_of(key_file).ids,
                            request.at("approach"), request.at("noise")};
  const Clustering clustering = storage_clusters(exam.base(), request.at("clusters"), seed);
  Holdings holdings(clustering.assignment, clustering.clusters());
  const auto centroids =
      torch::from_blob(const_cast<float*>(clustering.centroids.data()), {clustering.clusters(), exam.base().dimension}, torch::kFloat32);
  LiraModel model(centroids, base);
  const std::string kept = request.at("checkpoint");
  const Descriptor kept_file(open(kept.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (kept_file.get() < 0) throw std::runtime_error("cannot write to " + kept + ": " + std::strerror(errno));
  train(model, queries, holdings, request, kept_file.get());
  unlink(kept.c_str());

  Clusters clusters{std::vector<std::vector<NodeId>>(clustering.clusters())};
  for (NodeId id = 0; id < exam.base().count; ++id) {
    for (const std::uint32_t holder : holdings.holders(id)) clusters.members[holder].push_back(id);
  }
  const auto asked = torch::from_blob(const_cast<float*>(exam.query(0)), {exam.queries(), exam.base().dimension}, {exam.base().stride, 1},
                                      torch::kFloat32);
  const Json points = sweep(exam, clusters, model.probabilities(asked), request.at("chunks"));
  const double copies = static_cast<double>(clusters.total()) / exam.base().count;
  return {{"kind", "examined"},
          {"points", points},
          {"facts", {{"copies", copies}, {"noise", queries.noise}, {"approach", queries.approach}}}};
}

}  // namespace

int main() { return examine_main(examine); }
