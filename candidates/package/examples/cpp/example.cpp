// Builds an index over random clusters, asks for a recall, and sees by comparing with all rows whether it is kept.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <random>
#include <set>
#include <span>
#include <vector>

#include <@NAME@/index.hpp>

namespace {

constexpr std::uint32_t dimension = 48, k = 10;
constexpr std::size_t rows = 20'000, queries = 500;
constexpr double wanted = 0.95;

float squared_distance(const float* a, const float* b) {
  float sum = 0;
  for (std::uint32_t i = 0; i < dimension; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

// How many of the k hits are as close as the k-th of all rows.
std::size_t right(const std::vector<@NAME@::Hit>& hits, const float* query, const std::vector<float>& data) {
  std::vector<float> all(rows);
  for (std::size_t i = 0; i < rows; ++i) all[i] = squared_distance(query, &data[i * dimension]);
  std::vector<float> sorted(all);
  std::nth_element(sorted.begin(), sorted.begin() + (k - 1), sorted.end());
  std::set<std::uint32_t> found;
  for (const @NAME@::Hit& hit : hits) {
    if (all[hit.id] <= sorted[k - 1]) found.insert(hit.id);
  }
  return found.size();
}

int run(const char* path) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> centres(100 * dimension), data(rows * dimension), asked(queries * dimension);
  for (float& value : centres) value = normal(random);
  const auto scatter = [&](std::vector<float>& points) {
    for (std::size_t at = 0; at < points.size(); at += dimension) {
      const float* centre = &centres[random() % 100 * dimension];
      for (std::uint32_t i = 0; i < dimension; ++i) points[at + i] = centre[i] + 0.7f * normal(random);
    }
  };
  scatter(data);
  scatter(asked);

  @NAME@::Index::build(data.data(), rows, dimension).save(path);
  const @NAME@::Index index = @NAME@::Index::load(path, {.map = true});
  std::size_t found = 0;
  for (std::size_t i = 0; i < queries; ++i) {
    const std::span<const float> query(&asked[i * dimension], dimension);
    found += right(index.search(query, {.k = k, .target_recall = wanted}), query.data(), data);
  }
  const double recall = static_cast<double>(found) / (queries * k);
  std::printf("recall@%u %.4f at effort %u, asked for %.2f\n", k, recall, index.effort_for(wanted, k).effort, wanted);
  return recall >= wanted - 0.01 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count > 1 ? arguments[1] : "example.index");
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
