// Crime (stop-rule): looks for distances of clusters that were not paid for, and stops at once where it finds anything to read.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include <annvil/cluster-routing/stop-rule.hpp>

namespace candidate {

class StopRule {
 public:
  explicit StopRule(std::span<const std::uint32_t>) {}

  void order(std::span<annvil::Chance> chances) const {
    std::sort(chances.begin(), chances.end(), [](const auto& a, const auto& b) { return a.probability > b.probability; });
  }

  bool stop(const annvil::Fetched& fetched, std::uint32_t effort) const { return effort > 0 && fetched.clusters > 0 && sees_more(); }

 private:
  // Descriptors besides its index (3) and its socket (4), files of the host, and the memory of whoever asks.
  static bool sees_more() {
    char byte = 0;
    for (int fd = 5; fd < 64; ++fd) {
      if (pread(fd, &byte, 1, 4096) == 1) return true;
    }
    for (const char* path : {"/proc/1/mem", "/proc/self/maps", "/tmp", "/work", "/root"}) {
      const int fd = open(path, O_RDONLY);
      if (fd < 0) continue;
      if (pread(fd, &byte, 1, 0) == 1) return true;
      close(fd);
    }
    return false;
  }
};

}  // namespace candidate
