// Examines balanced trees: checks a trained index, asks the served one what it opens for each query and effort, fills the leaves itself,
// and counts what is compared and found. Baselines are counted by the same code.
#include <cstdint>
#include <string>
#include <vector>

#include "../learned/curve.hpp"
#include "../learned/examine_main.hpp"
#include "baseline.hpp"
#include "chosen_vectors.hpp"
#include "right_answers.hpp"

namespace {

using namespace annvil;
using namespace annvil::referee;

constexpr std::size_t chunks = 40;
constexpr std::uint32_t queries_a_message = 32;
constexpr double start_seconds = 60;

// The queries that this examination is about: `count` of the evaluation queries from `from` on, and the efforts it asks at.
struct Questions {
  Mapping base_file, query_file, truth_file;
  Vectors base, queries;
  RightAnswers right;
  std::uint32_t from, count;
  std::vector<std::uint32_t> efforts;
  TreeShape shape;

  explicit Questions(const Json& request)
      : base_file(map_file(request.at("base"))),
        query_file(map_file(request.at("queries"))),
        truth_file(map_file(request.at("truth"))),
        base(vectors_of(base_file, "base").vectors),
        queries(vectors_of(query_file, "queries").vectors),
        right(truth_file),
        from(request.at("from")),
        count(request.at("count")),
        efforts(request.at("efforts")),
        shape{request.at("branching"), request.at("height")} {
    if (right.count() != queries.count || from + count > queries.count || count == 0)
      throw std::runtime_error("there are fewer queries than are asked for");
  }

  std::vector<EffortTally> tallies() const {
    std::vector<EffortTally> all;
    for (const std::uint32_t effort : efforts) all.emplace_back(effort, count);
    return all;
  }
};

Json examined(const std::vector<EffortTally>& tallies, Json facts) {
  Json points = Json::array();
  for (const EffortTally& tally : tallies) points.push_back(tally.json(chunks));
  return {{"kind", "examined"}, {"points", points}, {"facts", std::move(facts)}};
}

Json baseline(const Questions& asked, const Json& request) {
  const Clustering clusters = baseline_clusters(asked.base, asked.shape, request.at("method"), request.at("seed").get<std::uint64_t>());
  const CentroidScan scan(clusters.dimension, clusters.centroids);
  std::vector<std::uint32_t> sizes(scan.count());
  for (const std::uint32_t cluster : clusters.assignment) ++sizes[cluster];
  std::vector<EffortTally> tallies = asked.tallies();
  std::vector<std::uint32_t> rank(scan.count());
  for (std::uint32_t i = 0; i < asked.count; ++i) {
    const auto order = probing_order(scan, asked.queries[asked.from + i]);
    std::vector<double> cost{0};
    for (std::uint32_t place = 0; place < order.size(); ++place) {
      rank[order[place]] = place;
      cost.push_back(cost.back() + sizes[order[place]]);
    }
    for (std::size_t e = 0; e < tallies.size(); ++e) {
      const std::uint32_t probed = std::min(asked.efforts[e], scan.count());
      tallies[e].set(i, asked.right.recall(asked.from + i, [&](std::uint32_t id) { return rank[clusters.assignment[id]] < probed; }),
                     cost[probed]);
    }
  }
  return examined(tallies, {{"largestBin", *std::max_element(sizes.begin(), sizes.end())},
                            {"smallestBin", *std::min_element(sizes.begin(), sizes.end())},
                            {"multiplyAdds", std::size_t{scan.count()} * clusters.dimension}});
}

Json index_of(const Questions& asked, const Json& request) {
  const Mapping mapping = map_file(request.at("index"));
  const ForestLimits limits{asked.shape, request.at("trees"), asked.base.count, asked.base.dimension, request.at("modelBytes")};
  const std::uint32_t asked_trees = request.value("askedTrees", limits.trees), snapshots = request.value("snapshots", 0u);
  const std::uint32_t cycle = request.contains("cycle") ? request.at("cycle").get<std::uint32_t>() : finished_trees;
  const GrownForest forest =
      fault_of_candidate([&] { return GrownForest(Sections(mapping), mapping.size(), limits, cycle, snapshots, asked_trees); });
  const double message_seconds = request.value("messageSeconds", 60.0);
  const Descriptor served_file = forest.served(cycle);
  Examinee served(request.at("argv"), served_file.get(), start_seconds);
  ChosenVectors chosen(forest, asked.base.count);
  std::vector<EffortTally> tallies = asked.tallies();
  const std::size_t most_opened = std::size_t{asked_trees} * asked.shape.leaves();
  for (std::uint32_t first = 0; first < asked.count; first += queries_a_message) {
    const std::uint32_t size = std::min(queries_a_message, asked.count - first);
    Message message;
    append(message, Ask{cycle, asked_trees, size, static_cast<std::uint32_t>(asked.efforts.size()), asked.base.dimension});
    append(message, std::span<const std::uint32_t>(asked.efforts));
    for (std::uint32_t i = 0; i < size; ++i)
      append(message, std::span<const float>(asked.queries[asked.from + first + i], asked.base.dimension));
    const Message reply =
        served.ask(message, size * asked.efforts.size() * (sizeof(Answer) + most_opened * sizeof(Opened)), message_seconds);
    std::span<const std::byte> left = reply;
    for (std::uint32_t i = 0; i < size; ++i) {
      for (EffortTally& tally : tallies) {
        const auto [choice, opened] = fault_of_candidate([&] {
          const Answer answer = take<Answer>(left, 1)[0];
          return std::pair(Choice{answer.least, answer.most}, take<Opened>(left, answer.opened));
        });
        chosen.choose(choice, opened);
        const double recall = asked.right.recall(asked.from + first + i, [&](std::uint32_t id) { return chosen.holds(id); });
        tally.set(first + i, recall, static_cast<double>(chosen.count()));
      }
    }
    report_progress(first + size, asked.count);
  }
  // Of one tree and a beam that keeps every inner node: what routing costs besides comparing vectors.
  std::size_t inner = 0;
  for (std::uint32_t depth = 0; depth < asked.shape.height; ++depth) inner += asked.shape.nodes(depth);
  const Decoder& first = forest.trees().front().decoder;
  return examined(tallies, {{"largestBin", forest.largest_leaf()},
                            {"smallestBin", forest.smallest_leaf()},
                            {"modelBytes", forest.model_bytes()},
                            {"multiplyAdds", asked_trees * (first.encode_multiply_adds() + inner * first.branch_multiply_adds())},
                            {"answeringSeconds", served.answering_seconds()}});
}

Json answer_to(const Json& request) {
  const Questions asked(request);
  return request.contains("index") ? index_of(asked, request) : baseline(asked, request);
}

}  // namespace

int main() { return examine_main(answer_to); }
