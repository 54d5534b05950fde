// How many threads are worth starting.
#pragma once

#include <sched.h>

#include <algorithm>
#include <cstdint>

namespace annvil {

// `asked` threads, or one for each core that this process may use.
inline std::uint32_t threads_for(std::uint32_t asked) {
  if (asked != 0) return std::min(asked, 1024u);
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&cores)));
}

}  // namespace annvil
