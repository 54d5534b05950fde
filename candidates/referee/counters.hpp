// What the processor counts of a player while it answers, where kernel, hypervisor and permissions let the referee see it.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "child.hpp"

namespace annvil::referee {

// In the order of `Counts`. In user mode; the page faults are counted by the kernel and so are there on any machine.
enum class Event : std::size_t { instructions, cycles, cache_misses, branch_misses, tlb_misses, page_faults };
inline constexpr const char* event_names[] = {"instructions", "cycles",    "cacheMisses",
                                              "branchMisses", "tlbMisses", "pageFaults"};
inline constexpr std::size_t event_count = std::size(event_names);

// What cannot be counted here is empty.
using Counts = std::array<std::optional<double>, event_count>;

// Counts a thread's events from construction on. Where the processor has fewer counters than events, they take turns, and
// what was missed is made up for in proportion. An open counter makes each wake-up of the thread a little dearer: none is
// to be open while time is taken for a ranking.
class Counters {
 public:
  explicit Counters(pid_t thread);
  // So far.
  Counts read() const;

 private:
  std::array<Descriptor, event_count> files_;
};

// What was counted between two readings.
Counts between(const Counts& before, const Counts& after);

}  // namespace annvil::referee
