// What a query model is told, in plain C++: the referee writes it, model by model, from what the lookups so far have read.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "problem.hpp"

namespace annvil {

// How the values that were read are told. Behind the query come, for each earlier lookup, the position as a one-hot vector of
// `positions()` floats and then, of `dimension` floats each:
enum class HistoryEncoding : std::uint32_t {
  none,             // nothing at all of the history, the position neither: the model sees the query only
  values,           // the value v that was read
  differences,      // v, and q - v
  log_differences,  // v, and sign(q - v) log(1 + |q - v| / unit), with the unit below: for data of many scales
};

// The unit of log_differences, in the data's own.
inline constexpr float log_difference_unit = 1.0f / 2048;

// Floats that are told of one lookup.
inline std::uint32_t history_step(const LookupProblem& problem, HistoryEncoding encoding) {
  if (encoding == HistoryEncoding::none) return 0;
  return problem.positions() + problem.dimension * (encoding == HistoryEncoding::values ? 1 : 2);
}

// Inputs of the model of lookup `lookup` (0 is the first).
inline std::uint32_t history_width(const LookupProblem& problem, HistoryEncoding encoding, std::uint32_t lookup) {
  return problem.dimension + lookup * history_step(problem, encoding);
}

// Writes what is told of one lookup: `told` has history_step() floats.
inline void tell(const LookupProblem& problem, HistoryEncoding encoding, std::span<const float> query, std::uint32_t position,
                 std::span<const float> value, std::span<float> told) {
  if (encoding == HistoryEncoding::none) return;
  for (std::uint32_t i = 0; i < problem.positions(); ++i) told[i] = i == position ? 1.0f : 0.0f;
  float* out = told.data() + problem.positions();
  for (std::uint32_t k = 0; k < problem.dimension; ++k) {
    const float difference = query[k] - value[k];
    out[k] = value[k];
    if (encoding == HistoryEncoding::differences) out[problem.dimension + k] = difference;
    if (encoding == HistoryEncoding::log_differences)
      out[problem.dimension + k] = std::copysign(std::log1p(std::abs(difference) / log_difference_unit), difference);
  }
}

}  // namespace annvil
