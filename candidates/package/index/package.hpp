// What this package is: written when it was exported.
#pragma once

#include <cstdint>

namespace PACKAGE_NAME {

inline constexpr char package_name[] = "PACKAGE_TITLE";
// SHA-256 of the index code: an index file names the code that made it.
inline constexpr char package_hash[] = "PACKAGE_HASH";
// Links a node may have where no other bound is asked for: as it was measured.
inline constexpr std::uint32_t measured_degree = PACKAGE_DEGREE;

}  // namespace PACKAGE_NAME
