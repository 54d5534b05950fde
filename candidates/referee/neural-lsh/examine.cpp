// Examines a Neural LSH index, or a baseline in its place, on the same queries by the same count.
//
// Request: base, queries, truth (paths); from, count (of the queries); k; chunks; bins, second, efforts;
//   what: index (with index, argv, branches, largestBin, modelBytes, multiplyAdds, placement: router | partition),
//   or kmeans, pca-tree, random-tree, itq, cross-polytope (with seed).
// Facts: largestBin; of an index also largestPart, modelBytes, multiplyAdds, centroidScans (multiply-adds over those of comparing a
//   query with as many centroids), queriesPerSecond, tail (.95-quantile of the candidates over their mean, at accuracy .90).
#include <cmath>

#include "cross_polytope.hpp"
#include "itq.hpp"
#include "kmeans_partition.hpp"
#include "trained_index.hpp"
#include "trees.hpp"

namespace {

using namespace annvil;
using namespace annvil::neural_lsh;
using referee::Json;

constexpr double limit_seconds = 300;

std::uint32_t exponent_of(std::uint32_t bins) {
  std::uint32_t exponent = 0;
  while ((1u << exponent) < bins) ++exponent;
  if (1u << exponent != bins) throw std::runtime_error("this baseline has a power of two of bins");
  return exponent;
}

SpacePartition baseline(const std::string& what, const Vectors& base, std::uint32_t bins, std::uint32_t second, std::uint64_t seed) {
  if (what == "kmeans") return kmeans_partition(base, bins, second, seed);
  const std::uint32_t leaves = bins * second;
  if (what == "pca-tree") return median_tree(base, exponent_of(leaves), Cut::principal, seed);
  if (what == "random-tree") return median_tree(base, exponent_of(leaves), Cut::random, seed);
  if (what == "itq") return itq(base, exponent_of(leaves), seed);
  if (what == "cross-polytope") return cross_polytope(base, leaves, seed);
  throw std::runtime_error("there is no baseline " + what);
}

void ask_baseline(const SpacePartition& partition, const Exercise& exercise, BinCount& counted) {
  std::vector<float> scores(counted.sizes().size());
  std::vector<std::uint32_t> order(scores.size());
  for (std::uint32_t query = 0; query < exercise.count; ++query) {
    partition.score(exercise.query(query), scores);
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] > scores[b] || (scores[a] == scores[b] && a < b); });
    for (std::size_t i = 0; i < counted.efforts().size(); ++i) {
      counted.count(query, i, std::span<const std::uint32_t>(order).first(std::min<std::size_t>(counted.efforts()[i], order.size())));
    }
  }
}

// Queries [from, from + count) of the exercise at some efforts, as serve.cpp takes them.
Message question(const Exercise& exercise, std::uint32_t from, std::uint32_t count, std::span<const std::uint32_t> efforts,
                 std::uint32_t branches) {
  Message message;
  for (const std::uint32_t value : {count, static_cast<std::uint32_t>(efforts.size()), branches}) append(message, value);
  append(message, efforts);
  for (std::uint32_t query = from; query < from + count; ++query) {
    append(message, std::span<const float>(exercise.query(query), exercise.queries.dimension));
  }
  return message;
}

// Counts what is asked for, and returns queries a second of CPU time, taken at the first effort.
double ask_index(referee::Examinee& served, const Exercise& exercise, std::uint32_t branches, BinCount& counted) {
  const auto& efforts = counted.efforts();
  const std::size_t bins = counted.sizes().size();
  const std::uint32_t timed = std::min(exercise.count, 500u);
  const std::size_t longest_list = (bins + 1) * sizeof(std::uint32_t);
  served.ask(question(exercise, 0, timed, std::span(efforts).first(1), branches), timed * longest_list, limit_seconds);
  const double per_second = timed / std::max(1e-9, served.answering_seconds());
  const std::size_t longest = std::size_t{1} << 28;
  const auto batch = static_cast<std::uint32_t>(std::clamp<std::size_t>(longest / (efforts.size() * longest_list), 1, 256));
  for (std::uint32_t from = 0; from < exercise.count; from += batch) {
    const std::uint32_t count = std::min(batch, exercise.count - from);
    const Message asked = question(exercise, from, count, efforts, branches);
    const Message reply = served.ask(asked, count * efforts.size() * longest_list, limit_seconds);
    referee::fault_of_candidate([&] {
      std::span<const std::byte> left = reply;
      for (std::uint32_t query = from; query < from + count; ++query) {
        for (std::size_t effort = 0; effort < efforts.size(); ++effort) {
          counted.count(query, effort, take<std::uint32_t>(left, take<std::uint32_t>(left, 1)[0]));
        }
      }
      if (!left.empty()) throw std::runtime_error("an answer goes on after its end");
    });
    referee::report_progress(from + count, exercise.count);
  }
  return per_second;
}

Json examine(const Json& request) {
  const Mapping base_file = referee::map_file(request.at("base")), queries_file = referee::map_file(request.at("queries")),
                truth_file = referee::map_file(request.at("truth"));
  const Vectors base = vectors_of(base_file, "base").vectors;
  const Vectors queries = vectors_of(queries_file, "queries").vectors;
  referee::TruthHeader truth{};
  if (truth_file.size() < referee::TruthHeader::bytes) throw std::runtime_error("the truth is too short");
  std::memcpy(&truth, truth_file.data(), sizeof truth);
  const auto* nearest = reinterpret_cast<const std::uint32_t*>(truth_file.data() + referee::TruthHeader::bytes);
  const Exercise exercise{queries, request.at("from"), request.at("count"), nearest, truth.k, request.at("k")};
  if (truth.base_count != base.count || truth.query_count != queries.count || exercise.k > std::min(truth.k, base.count) ||
      queries.dimension != base.dimension || std::uint64_t{exercise.from} + exercise.count > queries.count || exercise.count == 0 ||
      truth_file.size() < referee::TruthHeader::bytes + std::size_t{truth.query_count} * truth.k * sizeof(std::uint32_t)) {
    throw std::runtime_error("base, queries and truth do not fit each other or the request");
  }
  const std::uint32_t bins = request.at("bins"), second = request.at("second");
  const std::size_t chunks = request.at("chunks");
  const std::vector<std::uint32_t> efforts = request.at("efforts");
  const std::string what = request.at("what");
  if (what != "index") {
    const SpacePartition partition = baseline(what, base, bins, second, request.at("seed"));
    BinCount counted(partition.bins, bins * second, exercise, efforts);
    ask_baseline(partition, exercise, counted);
    const Json points = counted.points(chunks);
    const Json facts{{"largestBin", largest_over_mean(partition.bins, bins * second)}, {"tail", tail_ratio(points)}};
    return {{"kind", "examined"}, {"points", points}, {"facts", facts}};
  }
  const std::uint32_t branches = request.at("branches");
  const IndexLimits limits{bins, second, branches, request.at("largestBin"), request.at("modelBytes"), request.at("multiplyAdds")};
  const TrainedIndex index(request.at("index"), base, limits);
  const bool moved = request.at("placement") == "router";
  BinCount counted(moved ? index.bins() : index.partition(), bins * second, exercise, efforts);
  const referee::Descriptor served_file = index.served(counted.sizes());
  referee::Examinee served(request.at("argv"), served_file.get(), limit_seconds);
  const double per_second = ask_index(served, exercise, branches, counted);
  const Json points = counted.points(chunks);
  const double scans = index.multiply_adds() / (static_cast<double>(bins) * second * base.dimension);
  return {{"kind", "examined"},
          {"points", points},
          {"facts",
           {{"largestBin", index.largest_bin()},
            {"largestPart", largest_over_mean(index.partition(), bins, second)},
            {"modelBytes", index.model_bytes()},
            {"multiplyAdds", index.multiply_adds()},
            {"centroidScans", scans},
            {"queriesPerSecond", per_second},
            {"tail", tail_ratio(points)}}}};
}

}  // namespace

int main() { return annvil::referee::examine_main(examine); }
