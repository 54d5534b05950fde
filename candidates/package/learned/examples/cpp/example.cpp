// Loads the trained index, asks for a recall, and sees by comparing with all rows whether it is kept: headers [INDEX [QUERIES]]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <@NAME@/index.hpp>

namespace {

// fvecs: each row after its dimension.
std::vector<float> read_queries(const std::string& path, std::uint32_t dimension) {
  std::ifstream file(path, std::ios::binary);
  std::vector<float> queries, row(dimension);
  for (std::uint32_t said; file.read(reinterpret_cast<char*>(&said), sizeof said);) {
    if (said != dimension || !file.read(reinterpret_cast<char*>(row.data()), dimension * sizeof(float))) throw std::runtime_error(path + " has other queries");
    queries.insert(queries.end(), row.begin(), row.end());
  }
  return queries;
}

int run(const std::string& path, const std::string& queries_path) {
  constexpr std::uint32_t k = 10;
  constexpr double wanted = 0.9;
  const auto index = @NAME@::Index::load(path, {.map = true});
  const std::vector<float> queries = read_queries(queries_path, index.dimension());
  const std::size_t count = queries.size() / index.dimension();
  std::vector<std::uint32_t> ids(count * k), exact(count * k);
  index.search(queries.data(), count, {.k = k, .target_recall = wanted}, ids.data(), nullptr);
  // Beyond all efforts every row is compared.
  index.search(queries.data(), count, {.k = k, .effort = std::numeric_limits<std::uint32_t>::max()}, exact.data(), nullptr);
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = exact.begin() + static_cast<std::ptrdiff_t>(i * k);
    found += static_cast<std::size_t>(std::count_if(&ids[i * k], &ids[i * k] + k, [&](std::uint32_t id) { return std::find(begin, begin + k, id) != begin + k; }));
  }
  const double recall = static_cast<double>(found) / static_cast<double>(count * k);
  std::printf("recall@%u %.4f at effort %u, asked for %.2f\n", k, recall, index.effort_for(wanted, k).effort, wanted);
  return recall >= wanted - 0.03 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count > 1 ? arguments[1] : "@NAME@.index", count > 2 ? arguments[2] : "examples/queries.fvecs");
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
