// roofline CORE INDEX_BYTES: what one core of this machine can do at most, in two seconds or so, as one JSON line.
//
// Every figure is the best of several tries by the thread's own CPU time, so that neighbours, who can only make it worse,
// do not pull a ceiling down onto honest candidates. CORE -1: not pinned. INDEX_BYTES: the array that random lines are read
// from, standing for the smallest index (harness/evaluate/physical-floor.ts says why). Exits with 1 and a line on standard
// error where there is no memory.
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

#include <annvil/codes.hpp>
#include <annvil/distance.hpp>
#include <annvil/memory.hpp>

namespace {

using Line = std::uint64_t __attribute__((vector_size(64)));
using Floats = float __attribute__((vector_size(64)));

constexpr std::size_t near_bytes = 16384;               // within any first-level cache
constexpr std::size_t most_far_bytes = std::size_t{1} << 30;  // beyond most last-level caches
constexpr std::uint32_t dimensions = 768;               // of the rows that kernels are tried on: both rows stay in the first level

double cpu_now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Keeps a result alive, so that the compiler cannot drop what made it.
volatile std::uint64_t kept;

// `work()` does `amount` of something; the most of it a CPU second, over tries that together take about `seconds`.
template <class Work>
double best_rate(double amount, double seconds, Work&& work) {
  double best = 0;
  const double end = cpu_now() + seconds;
  do {
    const double before = cpu_now();
    work();
    best = std::max(best, amount / (cpu_now() - before));
  } while (cpu_now() < end);
  return best;
}

// Reads `bytes` (a multiple of 512) from start to end, `times` over.
void read_through(const Line* lines, std::size_t bytes, std::size_t times) {
  Line sums[8] = {};
  for (std::size_t round = 0; round < times; ++round) {
    for (std::size_t i = 0; i < bytes / sizeof(Line); i += 8) {
      for (std::size_t j = 0; j < 8; ++j) sums[j] ^= lines[i + j];
    }
    // Without this a second round could be folded into the first.
    asm volatile("" ::: "memory");
  }
  for (const Line& sum : sums) kept = kept + sum[0];
}

// Reads one word of each of `reads` random lines. Addresses follow from a counter, not from what was read, so as many loads
// are in flight as the core can hold.
void read_randomly(const Line* lines, std::size_t count, std::size_t reads) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < reads; ++i) {
    std::uint64_t mixed = i * 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9u;
    sum += lines[static_cast<std::size_t>((static_cast<unsigned __int128>(mixed) * count) >> 64)][0];
  }
  kept = sum;
}

// Chains of fused multiply-adds: enough of them to hide their latency, few enough for the registers.
void multiply_add(std::size_t rounds, float factor) {
  Floats chains[12] = {};
  const Floats by = Floats{} + factor;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (Floats& chain : chains) chain = chain * by + by;
  }
  for (const Floats& chain : chains) kept = kept + static_cast<std::uint64_t>(chain[0] != 0);
}

template <class T>
annvil::HugeArray<T> filled(std::size_t size) {
  annvil::HugeArray<T> array(size);
  auto* bytes = reinterpret_cast<unsigned char*>(array.data());
  for (std::size_t i = 0; i < size * sizeof(T); i += 64) bytes[i] = static_cast<unsigned char>(i / 64 % 100);
  return array;
}

double random_rate(const annvil::HugeArray<Line>& array, std::size_t count, double seconds) {
  constexpr std::size_t reads = 1u << 20;
  return best_rate(reads, seconds, [&] { read_randomly(array.data(), count, reads); });
}

// As much as can be had without pressing anyone: a quarter of what is free.
std::size_t far_size() {
  const auto free_bytes = static_cast<std::size_t>(sysconf(_SC_AVPHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return std::clamp(free_bytes / 4, std::size_t{1} << 24, most_far_bytes) / 4096 * 4096;
}

int measure(std::size_t index_bytes) {
  const std::size_t far_bytes = far_size();
  const auto far = filled<Line>(far_bytes / sizeof(Line));
  const std::size_t index_lines = std::clamp<std::size_t>(index_bytes / sizeof(Line), 1, far.size());

  constexpr std::size_t near_rounds = 4096;
  const double near_read = best_rate(double{near_bytes} * near_rounds, 0.2,
                                     [&] { read_through(far.data(), near_bytes, near_rounds); });
  const double far_read = best_rate(static_cast<double>(far_bytes), 0.4, [&] { read_through(far.data(), far_bytes, 1); });
  random_rate(far, index_lines, 0.05);  // brings the index nearer
  const double index_lines_rate = random_rate(far, index_lines, 0.3);
  const double far_lines_rate = random_rate(far, far.size(), 0.4);

  constexpr std::size_t rounds = 1u << 20;
  const double operations = 2.0 * 12 * sizeof(Floats) / sizeof(float) * rounds;
  volatile float factor = 0.5f;
  const double arithmetic = best_rate(operations, 0.2, [&] { multiply_add(rounds, factor); });

  constexpr std::size_t pairs = 1u << 14;
  const auto floats = filled<float>(2 * dimensions);
  const auto bytes = filled<std::uint8_t>(2 * dimensions);
  const double float_rate = best_rate(double{pairs} * dimensions, 0.2, [&] {
    float sum = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
      sum += annvil::squared_l2(floats.data(), floats.data() + dimensions, dimensions);
      asm volatile("" ::: "memory");
    }
    kept = static_cast<std::uint64_t>(sum);
  });
  const double byte_rate = best_rate(double{pairs} * dimensions, 0.2, [&] {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
      sum += annvil::squared_l2_u7(bytes.data(), bytes.data() + dimensions, dimensions);
      asm volatile("" ::: "memory");
    }
    kept = sum;
  });

  std::printf("{\"indexBytes\":%zu,\"farBytes\":%zu,\"nearReadBytes\":%.4g,\"farReadBytes\":%.4g,\"indexLines\":%.4g,"
              "\"farLines\":%.4g,\"floatOperations\":%.4g,\"floatDimensions\":%.4g,\"byteDimensions\":%.4g}\n",
              index_lines * sizeof(Line), far_bytes, near_read, far_read, index_lines_rate, far_lines_rate, arithmetic, float_rate,
              byte_rate);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: roofline CORE INDEX_BYTES\n");
    return 2;
  }
  if (const int core = std::atoi(arguments[1]); core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
  }
  try {
    return measure(std::strtoull(arguments[2], nullptr, 10));
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "no memory for the probe\n");
    return 1;
  }
}
