// A trained index is not built where it is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../options.hpp"
#include "calibration.hpp"

namespace annvil {

template <Metric metric>
struct BuiltIndex {
  std::unique_ptr<Engine<metric>> engine;
  Calibration calibration;
};

// Throws Unsupported, whatever the rows.
template <Metric metric>
BuiltIndex<metric> build_index(const float*, std::size_t, std::uint32_t, const BuildOptions&) {
  throw Unsupported(
      "an index of this package is trained and not built: load PACKAGE_NAME.index, which comes with it; for other vectors train anew with "
      "Annvil (annvil campaign --target PACKAGE_TARGET --dataset FILE) and export that (annvil export CAMPAIGN --out DIR)");
}

}  // namespace annvil
