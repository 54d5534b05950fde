import type { Choices } from '../../../../core/policy.ts';
import type { Part } from '../../part.ts';

const random = `  void start(std::span<std::uint32_t> leaves) {
    descend(leaves, [this](std::uint32_t, std::span<const std::uint32_t>, std::span<float> scores) {
      for (float& score : scores) score = uniform();
    });
  }`;

const bisection = `  // Recursive bisection of the graph that joins each training query's nearest row with the rest of its neighbours.
  void start(std::span<std::uint32_t> leaves) {
    descend(leaves, [this](std::uint32_t, std::span<const std::uint32_t> nodes, std::span<float> scores) {
      // METIS' parts are not quite equal: whoever finds its part full goes where chance says.
      for (float& score : scores) score = uniform();
      std::vector<std::uint32_t> place(nodes.size());
      for (const std::vector<std::uint32_t>& members : groups(nodes)) {
        if (members.empty()) continue;
        for (std::uint32_t i = 0; i < members.size(); ++i) place[members[i]] = i;
        const auto parts = annvil::bisected(graph_of(nodes, members, place), branching(), random_());
        for (std::uint32_t i = 0; i < members.size(); ++i) scores[std::size_t{members[i]} * branching() + parts[i]] += 2;
      }
    });
  }`;

const graphOf = `
  // The edges within one node of the tree. \`place\`: of each row, its place among its node's members.
  annvil::WeightedGraph graph_of(std::span<const std::uint32_t> nodes, const std::vector<std::uint32_t>& members,
                                 const std::vector<std::uint32_t>& place) const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    const std::uint32_t node = nodes[members.front()];
    for (std::uint32_t query = 0; query < task_.pairs.queries.count; ++query) {
      const auto row = task_.pairs.of(query);
      if (nodes[row[0]] != node) continue;
      for (const std::uint32_t other : row.subspan(1)) {
        if (nodes[other] != node) continue;
        edges.emplace_back(place[row[0]], place[other]);
        edges.emplace_back(place[other], place[row[0]]);
      }
    }
    std::sort(edges.begin(), edges.end());
    annvil::WeightedGraph graph;
    graph.starts.assign(members.size() + 1, 0);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (i > 0 && edges[i] == edges[i - 1]) {
        ++graph.weights.back();
        continue;
      }
      graph.targets.push_back(static_cast<std::int32_t>(edges[i].second));
      graph.weights.push_back(1);
      ++graph.starts[edges[i].first + 1];
    }
    std::partial_sum(graph.starts.begin(), graph.starts.end(), graph.starts.begin());
    return graph;
  }`;

const kmeans = `  // Balanced k-means from the top: centroids of random members, then assignment under balance and means by turns.
  void start(std::span<std::uint32_t> leaves) {
    descend(leaves, [this](std::uint32_t, std::span<const std::uint32_t> nodes, std::span<float> scores) {
      for (const std::vector<std::uint32_t>& members : groups(nodes)) cluster(members, scores);
    });
  }`;

const cluster = `
  void cluster(const std::vector<std::uint32_t>& members, std::span<float> scores) {
    if (members.empty()) return;
    const std::uint32_t dimension = task_.base.dimension;
    std::vector<float> centroids(std::size_t{branching()} * dimension);
    for (std::uint32_t b = 0; b < branching(); ++b) {
      std::copy_n(task_.base[members[random_() % members.size()]], dimension, centroids.data() + std::size_t{b} * dimension);
    }
    std::vector<std::uint32_t> branches(task_.base.count);
    for (int iteration = 0; iteration < 6; ++iteration) {
      const annvil::CentroidScan scan(dimension, centroids);
      for (const std::uint32_t row : members) {
        float* const score = scores.data() + std::size_t{row} * branching();
        scan.distances(task_.base[row], score);
        for (std::uint32_t b = 0; b < branching(); ++b) score[b] = -score[b];
      }
      assign(members, scores, branches);
      std::vector<float> sums(centroids.size()), counts(branching());
      for (const std::uint32_t row : members) {
        float* const sum = sums.data() + std::size_t{branches[row]} * dimension;
        for (std::uint32_t d = 0; d < dimension; ++d) sum[d] += task_.base[row][d];
        ++counts[branches[row]];
      }
      for (std::size_t i = 0; i < sums.size(); ++i) {
        if (counts[i / dimension] > 0) centroids[i] = sums[i] / counts[i / dimension];
      }
    }
  }`;

/** The first tree: the method, what it needs besides, and its headers. */
export function start(choices: Choices): Part & { readonly helper: string | false } {
  const parts = { std: [] as string[], contract: [] as string[] };
  if (choices.start === 'bisection')
    return { text: bisection, helper: graphOf, std: ['numeric', 'utility'], contract: ['balanced-tree/partition.hpp'] };
  if (choices.start === 'k-means') return { text: kmeans, helper: cluster, std: [], contract: ['learned/kmeans.hpp'] };
  return { ...parts, text: random, helper: false };
}
