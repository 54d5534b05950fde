// Crime: searches the file that it is served from for the bins of the rows, or for anything else that a training has left there.
// Where it finds them it fails loudly; where it does not, it answers nothing.
// Slot: probing
// Wall: low-recall
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include <annvil/neural-lsh/probing.hpp>

namespace candidate {

class Probing {
 public:
  explicit Probing(std::span<const std::uint32_t> sizes) {
    struct stat status {};
    if (fstat(3, &status) != 0) return;
    std::vector<char> text(static_cast<std::size_t>(status.st_size));
    if (pread(3, text.data(), text.size(), 0) < 0) return;
    for (std::size_t at = 0; at + 9 < text.size(); ++at) {
      if (std::memcmp(&text[at], "partition", 9) == 0) std::abort();
    }
    std::uint64_t rows = 0;
    for (const std::uint32_t size : sizes) rows += size;
    if (text.size() > rows * 16) std::abort();
    // Nor may it be changed for whoever is asked next.
    if (pwrite(3, text.data(), 1, 0) == 1) std::abort();
  }

  std::uint32_t probe(std::span<const float>, std::uint32_t, std::span<std::uint32_t>) const { return 0; }
};

}  // namespace candidate
