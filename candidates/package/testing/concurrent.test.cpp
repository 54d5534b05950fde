// One index, many threads: single searches, batches, saves and descriptions at once give what they give alone.
// Argument: a folder.
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

#include "oracle.hpp"

using namespace PACKAGE_NAME;

int main(int, char** argv) {
  constexpr std::uint32_t dimension = 12, k = 5;
  constexpr std::size_t count = 600, asked = 64;
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> rows(count * dimension), queries(asked * dimension);
  for (float& value : rows) value = normal(random);
  for (float& value : queries) value = normal(random);
  std::size_t told = 0;
  const auto progress = [&](const char*, double) { return ++told > 0; };
  const Index index = Index::build(rows.data(), count, dimension, {.threads = 4, .calibration_queries = 30, .progress = progress});
  const SearchOptions options{.k = k, .effort = 30, .threads = 3};
  std::vector<std::uint32_t> expected(asked * k);
  index.search(queries.data(), asked, options, expected.data(), nullptr);

  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 6; ++round) {
        std::vector<std::uint32_t> ids(asked * k);
        if ((thread + round) % 2 == 0) {
          index.search(queries.data(), asked, options, ids.data(), nullptr);
        } else {
          for (std::size_t i = 0; i < asked; ++i) index.search(&queries[i * dimension], 1, options, &ids[i * k], nullptr);
        }
        REQUIRE(ids == expected, "thread %d is answered otherwise in round %d", thread, round);
        if (round != 3) continue;
        const std::string path = std::string(argv[1]) + "/" + (thread < 2 ? "one" : "two");
        index.save(path);
        REQUIRE(Index::load(path, {.map = thread % 2 == 0}).size() == count, "thread %d loads something else", thread);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  REQUIRE(told > 0, "the observer was never told");
}
