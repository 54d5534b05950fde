// The memory that a query may change: stack, `found` and the scratch of both slots, at an address that the referee knows, so that
// it can see from outside that nothing else is writable.
#pragma once

#include <sys/mman.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "system_call.hpp"

namespace annvil {

class Workspace {
 public:
  static constexpr std::uintptr_t address = 0x2000'0000'0000;
  static constexpr std::size_t guard_bytes = 64 << 10;  // below the stack
  static constexpr std::size_t stack_bytes = 8 << 20;
  static constexpr std::size_t found_bytes = 16 << 20;
  // Room for the scratch of one slot, over an index of `count` vectors.
  static constexpr std::size_t scratch_bytes(std::uint32_t count) { return (std::size_t{64} << 20) + (std::size_t{count} * 16 / page + 1) * page; }
  static constexpr std::size_t bytes(std::uint32_t count) { return guard_bytes + stack_bytes + found_bytes + 2 * scratch_bytes(count); }

  // A part of it. What is used is wiped by who uses it, before every query; what lies beyond by `forget_beyond`.
  struct Area {
    std::byte* data;
    std::size_t size;
  };

  // Reserves the addresses; pages come as they are touched. Throws std::bad_alloc.
  explicit Workspace(std::uint32_t count) : scratch_bytes_(scratch_bytes(count)) {
    void* memory = mmap(reinterpret_cast<void*>(address), bytes(count), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (memory != reinterpret_cast<void*>(address)) throw std::bad_alloc();
    // Forgetting what lies beyond the used part would tear huge pages apart, batch by batch.
    madvise(memory, bytes(count), MADV_NOHUGEPAGE);
    mprotect(memory, guard_bytes, PROT_NONE);
  }

  static Area stack() { return {at(guard_bytes), stack_bytes}; }
  static Area found() { return {at(guard_bytes + stack_bytes), found_bytes}; }
  Area search() const { return {at(guard_bytes + stack_bytes + found_bytes), scratch_bytes_}; }
  Area refinement() const { return {at(guard_bytes + stack_bytes + found_bytes + scratch_bytes_), scratch_bytes_}; }

  // Makes an area zero from byte `used` on.
  static void forget_beyond(const Area& area, std::size_t used) {
    const std::size_t whole = (used + page - 1) / page * page;
    std::memset(area.data + used, 0, whole - used);
    if (whole < area.size) forget(area.data + whole, area.size - whole);
  }

  // Makes the dead part of the stack zero: what earlier queries left below the frames in use.
  [[gnu::noinline]] static void forget_dead_stack() {
    volatile std::byte near[3 * page];
    for (std::size_t i = 0; i < sizeof near; i += sizeof(std::uint64_t)) {
      *reinterpret_cast<volatile std::uint64_t*>(const_cast<std::byte*>(near + i)) = 0;
    }
    const std::uintptr_t below = reinterpret_cast<std::uintptr_t>(&near[0]) / page * page;
    forget(stack().data, below - reinterpret_cast<std::uintptr_t>(stack().data));
  }

 private:
  static constexpr std::size_t page = 4096;

  static std::byte* at(std::size_t offset) { return reinterpret_cast<std::byte*>(address + offset); }
  static void forget(std::byte* data, std::size_t size) {
    system_call(SYS_madvise, reinterpret_cast<long>(data), static_cast<long>(size), MADV_DONTNEED);
  }

  std::size_t scratch_bytes_;
};

}  // namespace annvil
