// A batch on one thread and on two, taking turns, and beside them arithmetic that shares nothing. Prints how much faster two threads are
// than one: at the batch, at the arithmetic (less than 2 where others use the cores), and as the batch's processor time says they would
// be on two cores of their own. Each is of the fastest turns, which others disturbed least.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

using namespace PACKAGE_NAME;

namespace {

volatile double sink;
void compute(long steps) {
  double x = 1;
  for (long i = 0; i < steps; ++i) x = x * 1.0000001 + 1e-9;
  sink = x;
}

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

// The least seconds that a call took, by the clock and by the processor's.
struct Least {
  double wall = std::numeric_limits<double>::max(), processor = std::numeric_limits<double>::max();

  template <class Act>
  void time(Act&& act) {
    const double before = processor_seconds();
    const auto begin = std::chrono::steady_clock::now();
    act();
    wall = std::min(wall, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    processor = std::min(processor, processor_seconds() - before);
  }
};

}  // namespace

int main() {
  constexpr std::uint32_t dimension = 64, k = 10;
  constexpr std::size_t count = 20000, asked = 1000;
  constexpr long steps = 2'000'000;
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> rows(count * dimension), queries(asked * dimension);
  for (float& value : rows) value = normal(random);
  for (float& value : queries) value = normal(random);
  const Index index = Index::build(rows.data(), count, dimension, {.calibration_queries = 0});
  std::vector<std::uint32_t> ids(asked * k);
  Least batch[2], arithmetic[2];
  for (int turn = 0; turn < 200; ++turn) {
    for (const std::uint32_t threads : {1u, 2u}) {
      batch[threads - 1].time([&] { index.search(queries.data(), asked, {.k = k, .effort = 60, .threads = threads}, ids.data(), nullptr); });
    }
    arithmetic[0].time([&] { compute(2 * steps); });
    arithmetic[1].time([&] {
      std::thread other(compute, steps);
      compute(steps);
      other.join();
    });
  }
  std::printf("%.3f %.3f %.3f\n", batch[0].wall / batch[1].wall, arithmetic[0].wall / arithmetic[1].wall,
              2 * batch[0].processor / batch[1].processor);
}
