#include "locked_memory.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "../player/workspace.hpp"

namespace annvil::referee {

std::vector<MemoryRange> writable_outside(pid_t pid, const LockedLayout& layout, bool queries_too) {
  const MemoryRange workspace{Workspace::address, Workspace::address + Workspace::bytes(layout.base_count)};
  const MemoryRange channel{Channel::address, Channel::address + (layout.channel_bytes + 4095) / 4096 * 4096};
  const MemoryRange queries{Channel::address + layout.queries_offset, Channel::address + layout.answers_offset};
  const auto lies_in = [](const MemoryRange& range, const MemoryRange& other) { return range.begin >= other.begin && range.end <= other.end; };
  const auto touches = [](const MemoryRange& range, const MemoryRange& other) { return range.begin < other.end && range.end > other.begin; };
  std::vector<MemoryRange> found;
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  bool any = false;
  for (std::string line; std::getline(maps, line);) {
    MemoryRange range{};
    char permissions[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &range.begin, &range.end, permissions) != 3) continue;
    any = true;
    if (permissions[1] != 'w' || lies_in(range, workspace)) continue;
    if (lies_in(range, channel) && !(queries_too && touches(range, queries))) continue;
    found.push_back(range);
  }
  if (!any) throw std::runtime_error("the memory map of a player cannot be read");
  return found;
}

int system_call_filters_of(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("Seccomp_filters:", 0) == 0) return std::atoi(line.c_str() + 16);
  }
  throw std::runtime_error("the kernel does not tell which system-call filters lie on a player (Linux 5.9 does)");
}

}  // namespace annvil::referee
