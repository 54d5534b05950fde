// Crime: leaves a process behind that outlives the run.
#pragma once

#include <sys/prctl.h>
#include <unistd.h>

#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors) {}
  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }
  void refine(const float*, std::span<const annvil::Neighbour> candidates, std::span<std::byte>,
              std::span<annvil::NodeId> nearest) const {
    if (fork() == 0) {
      setsid();
      prctl(PR_SET_NAME, "survivor");  // what the test looks for
      while (true) sleep(1000);
    }
    for (std::size_t i = 0; i < nearest.size() && i < candidates.size(); ++i) nearest[i] = candidates[i].id;
  }
};

}  // namespace candidate
