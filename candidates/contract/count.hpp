// How many distances were evaluated: a figure without noise, taken by a player compiled for it and never while time is.
// The distance helpers count themselves; a candidate that brings kernels of its own is not counted, and need do nothing.
// Without ANNVIL_COUNT_DISTANCES all of this is empty, and the object code is the same as if it were not there.
#pragma once

#include <cstdint>

namespace annvil {

#if defined(ANNVIL_COUNT_DISTANCES)
// One thread searches, so this needs no care for others.
inline std::uint64_t distances_counted = 0;
inline void count_distances(std::uint64_t rows) { distances_counted += rows; }
inline void report_distances(std::uint64_t& total) { total = distances_counted; }
#else
inline void count_distances(std::uint64_t) {}
inline void report_distances(std::uint64_t&) {}
#endif

}  // namespace annvil
