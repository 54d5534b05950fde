// Rows as a caller hands them over, and as an index wants them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <annvil/memory.hpp>
#include <annvil/parallel.hpp>
#include <annvil/vectors.hpp>

#include "../errors.hpp"
#include "rows.hpp"

namespace annvil {

// What a caller hands over: row-major, without padding, borrowed.
struct Input {
  const char* name;
  const float* rows;
  std::size_t count;
  std::uint32_t dimension;

  const float* operator[](std::size_t i) const { return rows + i * dimension; }
};

// Rows `chosen` of the input, checked and padded. Throws BadArgument.
template <Metric metric>
HugeArray<float> prepare_rows(const Input& input, std::span<const std::uint32_t> chosen, std::uint32_t threads) {
  const std::size_t stride = stride_of(input.dimension);
  HugeArray<float> rows(chosen.size() * stride);
  parallel_for(chosen.size(), threads, 256, [&](std::size_t i, std::uint32_t) {
    const float* row = input[chosen[i]];
    if (prepare_row<metric>(row, input.dimension, rows.data() + i * stride)) return;
    throw BadArgument(input_fault<metric>(input.name, chosen[i], row, input.dimension));
  });
  return rows;
}

}  // namespace annvil
