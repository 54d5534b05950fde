// A caller's rows and queries, checked, as the contract wants them: padded with zeros, of unit length where angles are compared.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>

#include <annvil/memory.hpp>
#include <annvil/vectors.hpp>

#include "../errors.hpp"

namespace annvil {

// The squares of differences of such values still sum to a single-precision number.
inline constexpr float most_value = 1e15f;
// Integer distances between coded rows stay below 2^32 up to here.
inline constexpr std::uint32_t most_dimensions = 65536;
// Codes may keep a bit of a node's 32 for themselves.
inline constexpr std::size_t most_rows = 0x7FFFFFFF;

inline std::uint32_t stride_of(std::uint32_t dimension) { return static_cast<std::uint32_t>(round_up(dimension, 16)); }

// Whether all values are numbers whose squared distances are numbers too.
inline bool is_bounded(const float* row, std::uint32_t dimension) {
  unsigned bad = 0;
  for (std::uint32_t i = 0; i < dimension; ++i) bad |= !(std::fabs(row[i]) <= most_value);
  return bad == 0;
}

// Squared length in double precision, in which no row of single-precision numbers overflows or vanishes.
inline double squared_length(const float* row, std::uint32_t dimension) {
  double sums[16] = {};  // which a compiler keeps in vector registers
  std::uint32_t i = 0;
  for (; i + 16 <= dimension; i += 16) {
    for (std::uint32_t j = 0; j < 16; ++j) sums[j] += double{row[i + j]} * row[i + j];
  }
  for (std::uint32_t j = 0; i + j < dimension; ++j) sums[j] += double{row[i + j]} * row[i + j];
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

// Writes `row` to the `stride_of(dimension)` floats at `to`. False where it cannot be: see input_fault.
template <Metric metric>
bool prepare_row(const float* row, std::uint32_t dimension, float* to) {
  std::fill(to + dimension, to + stride_of(dimension), 0.f);
  if constexpr (metric == Metric::squared_l2) {
    std::memcpy(to, row, dimension * sizeof(float));
    return is_bounded(row, dimension);
  } else {
    const double squared = squared_length(row, dimension);
    if (!(squared > 0) || !std::isfinite(squared)) return false;
    const double scale = 1 / std::sqrt(squared);
    for (std::uint32_t i = 0; i < dimension; ++i) to[i] = static_cast<float>(row[i] * scale);
    return true;
  }
}

// Why a row cannot be: "rows[3][17] is nan: ...".
template <Metric metric>
std::string input_fault(const char* what, std::size_t number, const float* row, std::uint32_t dimension) {
  const float most = metric == Metric::squared_l2 ? most_value : std::numeric_limits<float>::max();
  const std::string place = std::string(what) + "[" + std::to_string(number) + "]";
  for (std::uint32_t i = 0; i < dimension; ++i) {
    if (std::fabs(row[i]) <= most) continue;
    char value[32];
    std::snprintf(value, sizeof value, "%g", static_cast<double>(row[i]));
    return place + "[" + std::to_string(i) + "] is " + value + ": every value must be a number" +
           (metric == Metric::squared_l2 ? " between -1e15 and 1e15" : "");
  }
  return place + " is all zero, which has no direction: leave it out, or take the metric euclidean";
}

}  // namespace annvil
