// The register tile: inner products of a few queries with a few base rows, as a float32 matrix product in GCC's vector
// extensions, so that one source becomes AVX-512, AVX2, NEON or plain SSE code under -march=native.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace annvil::truth {

#if defined(__AVX512F__)
inline constexpr int lanes = 16, tile_queries = 12;  // 24 accumulators of 32 registers
#elif defined(__AVX__)
inline constexpr int lanes = 8, tile_queries = 6;  // 12 of 16
#elif defined(__aarch64__)
inline constexpr int lanes = 4, tile_queries = 12;  // 24 of 32
#else
inline constexpr int lanes = 4, tile_queries = 6;
#endif
inline constexpr int tile_rows = 2 * lanes;

// Partial sums this long are added up apart, which keeps the rounding error of long rows low.
inline constexpr std::uint32_t partial = 128;

using Lanes = float __attribute__((vector_size(lanes * sizeof(float))));

// products[q * tile_rows + r] = <query q, row r>. `queries` and `rows` are packed: dimension-major, tile_queries and
// tile_rows floats a dimension; `rows` and `products` are aligned to 64 bytes.
inline void multiply(const float* queries, const float* rows, std::uint32_t dimension, float* products) {
  Lanes total[tile_queries][2] = {};
  for (std::uint32_t from = 0; from < dimension; from += partial) {
    const std::uint32_t until = dimension - from < partial ? dimension : from + partial;
    Lanes sum[tile_queries][2] = {};
    for (std::uint32_t i = from; i < until; ++i) {
      const auto* row = reinterpret_cast<const Lanes*>(rows + std::size_t{i} * tile_rows);
      const Lanes low = row[0], high = row[1];
      const float* query = queries + std::size_t{i} * tile_queries;
#pragma GCC unroll 12
      for (int q = 0; q < tile_queries; ++q) {
        sum[q][0] += query[q] * low;
        sum[q][1] += query[q] * high;
      }
    }
#pragma GCC unroll 12
    for (int q = 0; q < tile_queries; ++q) {
      total[q][0] += sum[q][0];
      total[q][1] += sum[q][1];
    }
  }
  std::memcpy(products, total, sizeof total);
}

// Roundings a product may go through: of its two packed factors, along a partial sum, then along the partial sums.
inline double roundings(std::uint32_t dimension) {
  return 2.0 + (dimension < partial ? dimension : partial) + (dimension + partial - 1) / partial;
}

}  // namespace annvil::truth
