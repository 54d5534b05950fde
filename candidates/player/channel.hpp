// The shared memory through which referee and player meet: one batch of queries in, ids out.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <annvil/vectors.hpp>

#include "system_call.hpp"

namespace annvil {

// File descriptors a player inherits. It needs no path, so its sandbox can hide every one.
inline constexpr int base_fd = 3;
inline constexpr int graph_fd = 4;
inline constexpr int channel_fd = 5;

// Exit status of a player that ran out of memory it was allowed; that wrote, while answering, what no query may change; that
// called the kernel while answering.
inline constexpr int out_of_memory_status = 77;
inline constexpr int outside_scratch_status = 78;
inline constexpr int forbidden_call_status = 79;

// Addresses [begin, end) of a player.
struct MemoryRange {
  std::uint64_t begin, end;
};

// The header of the shared memory; queries and answers follow at their offsets. The referee raises `request`, the player
// answers by storing the same number in `response`; response 1
// says that it has prepared. Both words are futexes.
//
// Request 1 is the lock: in place of queries stand `count` memory ranges of the player that are writable and need not be, as the
// referee sees them; the player makes them and the queries read-only, gives up its system calls and answers. With none to lock it
// does not (baselines of other libraries allocate while they answer).
struct Channel {
  std::atomic<std::uint32_t> request;
  std::atomic<std::uint32_t> response;
  std::uint32_t k;
  std::uint32_t effort;
  std::uint32_t count;     // queries in this batch, at most capacity
  std::uint32_t capacity;  // queries the memory has room for
  std::uint32_t stride;    // floats a query
  std::uint32_t threads;
  std::uint64_t distances;  // evaluated so far, by a player compiled to count them; else 0

  static constexpr std::size_t header_bytes = 4096;
  // Where a player maps it: the referee looks for memory that stayed writable beside it.
  static constexpr std::uintptr_t address = 0x2100'0000'0000;
  static std::size_t bytes(std::uint32_t capacity, std::uint32_t stride, std::uint32_t k) {
    return header_bytes + std::size_t{capacity} * stride * sizeof(float) + std::size_t{capacity} * k * sizeof(NodeId);
  }
  MemoryRange* ranges() { return reinterpret_cast<MemoryRange*>(queries()); }
  float* queries() { return reinterpret_cast<float*>(reinterpret_cast<std::byte*>(this) + header_bytes); }
  NodeId* answers() { return reinterpret_cast<NodeId*>(queries() + std::size_t{capacity} * stride); }
};

// Sleeps while `word` holds `seen`, for at most `milliseconds`; may wake early.
inline void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t seen, std::uint32_t milliseconds) {
  const timespec limit{milliseconds / 1000, static_cast<long>(milliseconds % 1000) * 1000000};
  system_call(SYS_futex, reinterpret_cast<long>(&word), FUTEX_WAIT, seen, reinterpret_cast<long>(&limit));
}

inline void futex_wake(std::atomic<std::uint32_t>& word) {
  system_call(SYS_futex, reinterpret_cast<long>(&word), FUTEX_WAKE, 1);
}

}  // namespace annvil
