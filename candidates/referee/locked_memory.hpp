// What of a player's memory is writable, as the kernel tells the referee.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../player/channel.hpp"

namespace annvil::referee {

// The only memory that a locked player may write: the workspace for an index of `base_count` vectors, and of its channel the
// page before the queries and what follows them.
struct LockedLayout {
  std::uint32_t base_count;
  std::size_t channel_bytes;
  std::size_t queries_offset, answers_offset;
};

// Writable memory outside of that. `queries_too`: the channel's queries count as outside. Throws std::runtime_error where the
// kernel does not tell.
std::vector<MemoryRange> writable_outside(pid_t pid, const LockedLayout& layout, bool queries_too);

// How many system-call filters lie on a process. Throws std::runtime_error where the kernel does not tell.
int system_call_filters_of(pid_t pid);

}  // namespace annvil::referee
