// Crime: never finishes its graph.
#pragma once

#include <annvil/construction.hpp>

namespace candidate {

template <annvil::Metric>
struct Construction {
  static annvil::Graph build(annvil::Vectors base, const annvil::BuildLimits&) {
    volatile std::uint32_t turns = base.count;
    while (true) turns = turns + 1;
    return {};
  }
};

}  // namespace candidate
