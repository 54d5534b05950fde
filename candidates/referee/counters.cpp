#include "counters.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace annvil::referee {
namespace {

struct Kind {
  std::uint32_t type;
  std::uint64_t config;
};

constexpr std::uint64_t data_tlb_read_misses =
    PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_OP_READ << 8 | PERF_COUNT_HW_CACHE_RESULT_MISS << 16;

constexpr Kind kinds[event_count] = {
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},  {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},  {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
    {PERF_TYPE_HW_CACHE, data_tlb_read_misses},        {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
};

// -1 where the event cannot be had: no such counter (ENOENT, EOPNOTSUPP) or no permission (EACCES, EPERM).
int open_event(const Kind& kind, pid_t thread) {
  perf_event_attr wanted{};
  wanted.size = sizeof wanted;
  wanted.type = kind.type;
  wanted.config = kind.config;
  wanted.exclude_kernel = 1;  // also what an unprivileged referee may ask for
  wanted.exclude_hv = 1;
  wanted.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  // On whichever core it runs, in no group: a group of more events than there are counters would never run at all.
  return static_cast<int>(syscall(SYS_perf_event_open, &wanted, thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

Counters::Counters(pid_t thread) {
  // Asked once: what the machine lacks it lacks for every player. Its own thread is one the referee may surely look at.
  static const std::array<bool, event_count> supported = [] {
    std::array<bool, event_count> found{};
    for (std::size_t i = 0; i < event_count; ++i) found[i] = Descriptor(open_event(kinds[i], 0)).get() >= 0;
    return found;
  }();
  for (std::size_t i = 0; i < event_count; ++i) {
    if (supported[i]) files_[i] = Descriptor(open_event(kinds[i], thread));
  }
}

Counts Counters::read() const {
  Counts counts;
  for (std::size_t i = 0; i < event_count; ++i) {
    // As read_format lays it out; times in nanoseconds.
    struct {
      std::uint64_t value, enabled, running;
    } seen{};
    if (files_[i].get() < 0 || ::read(files_[i].get(), &seen, sizeof seen) != sizeof seen) continue;
    // Enabled but never running: another profiler holds the counters. Neither: the thread has not run yet.
    if (seen.running == 0 && seen.enabled > 0) continue;
    const double share = seen.running ? static_cast<double>(seen.enabled) / static_cast<double>(seen.running) : 1;
    counts[i] = static_cast<double>(seen.value) * share;
  }
  return counts;
}

Counts between(const Counts& before, const Counts& after) {
  Counts counts;
  for (std::size_t i = 0; i < event_count; ++i) {
    if (before[i] && after[i]) counts[i] = *after[i] - *before[i];
  }
  return counts;
}

}  // namespace annvil::referee
