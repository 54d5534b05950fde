// Examines a trained cluster-routing index, or a baseline: counts the vectors fetched, and reads them from disk.
//
// Request: {base, queries, truth, from, count, chunks, clusters} and either {mode: "index", index, argv, efforts, copies, modelBytes,
// largest, storage} or {mode: "baseline", method: "kmeans" | "second-nearest" | "spann", seed}.
#include "baseline_kmeans.hpp"
#include "baseline_spann.hpp"
#include "disk_pass.hpp"
#include "interview.hpp"
#include "trained_index.hpp"

namespace {

using namespace annvil;
using namespace annvil::referee;

constexpr double disk_recall = 0.9;
constexpr std::uint32_t disk_queries = 200;
constexpr double start_seconds = 60;

Json facts_of(const Clusters& clusters, const Vectors& base) {
  const auto total = static_cast<double>(clusters.total());
  return {{"copies", total / base.count},
          {"largestCluster", static_cast<double>(clusters.largest()) * static_cast<double>(clusters.members.size()) / total}};
}

Json examine_index(const Json& request, const RoutingExam& exam, std::size_t chunks) {
  const auto clusters = request.at("clusters").get<std::uint32_t>();
  const RoutingCaps caps{request.at("copies"), request.at("modelBytes"), request.at("largest")};
  const TrainedRouting index = trained_routing(map_file(request.at("index")), exam.base(), clusters, caps);
  Json facts = facts_of(index.clusters, exam.base());
  facts["modelBytes"] = index.network.bytes();
  facts["multiplyAdds"] = index.network.multiply_adds();
  const Probing probing(exam, index.clusters);
  const Descriptor served = index.served();
  Examinee examinee(request.at("argv").get<std::vector<std::string>>(), served.get(), start_seconds);
  const Interview told = interview(examinee, probing, clusters, request.at("efforts"));
  facts["servedSeconds"] = examinee.answering_seconds() / exam.queries();
  read_from_disk(facts, request.at("storage"), probing, index.clusters, told, disk_recall, disk_queries);
  return {{"kind", "examined"}, {"points", points_of(told.tallies, chunks)}, {"facts", facts}};
}

Json examine_baseline(const Json& request, const RoutingExam& exam, std::size_t chunks) {
  const std::string method = request.at("method");
  const auto seed = request.at("seed").get<std::uint64_t>();
  if (method == "spann") {
    const Spann spann = build_spann(exam.base(), {}, seed);
    Json facts = facts_of(spann.postings, exam.base());
    facts["heads"] = spann.heads.size();
    return {{"kind", "examined"}, {"points", probe_spann(exam, spann, chunks)}, {"facts", facts}};
  }
  const Clustering clustering = storage_clusters(exam.base(), request.at("clusters"), seed);
  Clusters clusters = clusters_of(clustering);
  if (method == "second-nearest") {
    add_second_nearest(clusters, clustering, exam.base());
  } else if (method != "kmeans") {
    throw std::runtime_error("no baseline " + method);
  }
  return {{"kind", "examined"},
          {"points", probe_by_centroid(Probing(exam, clusters), clustering, chunks)},
          {"facts", facts_of(clusters, exam.base())}};
}

}  // namespace

int main() {
  return examine_main([](const Json& request) -> Json {
    const RoutingExam exam(request);
    const auto chunks = request.at("chunks").get<std::size_t>();
    return request.at("mode") == "index" ? examine_index(request, exam, chunks) : examine_baseline(request, exam, chunks);
  });
}
