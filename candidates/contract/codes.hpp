// Integer distances between coded rows, one pair at a time; codes_batch.hpp has several at once, half.hpp 16-bit floats.
// As in distance.hpp, the instruction set is the one the translation unit is compiled for.
//
// Three widths, all compared by squared L2. Unit rows rank alike under squared L2 and the inner product, so a code needs no
// dot product for either metric.
//   u8  a byte a dimension, 0..255
//   u7  a byte a dimension, 0..127: differences fit a signed byte, so one instruction squares and sums them. Half of u8's cost
//   u4  two dimensions a byte. The row has 16 levels; the query stays eight times finer, at no further cost
// Rows have a multiple of 32 bytes, padded with equal bytes on both sides; no alignment is required, though a row that
// crosses no line that it need not cross is faster. Sums stay below 2^32 up to 65,536 dimensions.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "count.hpp"

namespace annvil {

// Bytes of a row are a multiple of this.
inline constexpr std::size_t code_quantum = 32;

#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
// 64 bytes at `code` + i, or the last 32 of a row followed by zeros.
inline __m512i load_code(const void* code, std::size_t i, std::size_t bytes) {
  const char* at = static_cast<const char*>(code) + i;
  return i + 64 <= bytes ? _mm512_loadu_si512(at)
                         : _mm512_zextsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)));
}

// sum + |difference|^2 in each 32-bit lane, for differences that fit a signed byte.
inline __m512i add_squares(__m512i sum, __m512i difference) {
  const __m512i size = _mm512_abs_epi8(difference);
  return _mm512_dpbusd_epi32(sum, size, size);
}

// A packed row's 32 bytes as 64 of eight times the level: the low nibbles, then the high ones. Rotating left by 3 and right
// by 1 puts either nibble on bits 3 to 6.
inline __m512i unpack_u4(const void* row) {
  const __m512i twice = _mm512_broadcast_i64x4(_mm256_loadu_si256(static_cast<const __m256i*>(row)));
  const __m512i turn = _mm512_inserti64x4(_mm512_set1_epi32(3), _mm256_set1_epi32(31), 1);
  return _mm512_and_si512(_mm512_rolv_epi32(twice, turn), _mm512_set1_epi8(0x78));
}
#elif defined(__AVX2__)
inline __m256i load_code(const void* code, std::size_t i) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(static_cast<const char*>(code) + i));
}

inline __m256i add_squares(__m256i sum, __m256i difference) {
  const __m256i size = _mm256_abs_epi8(difference);
  return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(size, size), _mm256_set1_epi16(1)));
}

inline std::uint32_t sum_lanes(__m256i sum) {
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(half));
}
#endif

// Squared L2 of two u7 rows.
inline std::uint32_t squared_l2_u7(const std::uint8_t* a, const std::uint8_t* b, std::size_t bytes) {
  count_distances(1);
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t i = 0; i < bytes; i += 64) {
    sum = add_squares(sum, _mm512_sub_epi8(load_code(a, i, bytes), load_code(b, i, bytes)));
  }
  return static_cast<std::uint32_t>(_mm512_reduce_add_epi32(sum));
#elif defined(__AVX2__)
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t i = 0; i < bytes; i += 32) sum = add_squares(sum, _mm256_sub_epi8(load_code(a, i), load_code(b, i)));
  return sum_lanes(sum);
#else
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    const std::int32_t d = a[i] - b[i];
    sum += static_cast<std::uint32_t>(d * d);
  }
  return sum;
#endif
}

// Squared L2 of two u8 rows.
inline std::uint32_t squared_l2_u8(const std::uint8_t* a, const std::uint8_t* b, std::size_t bytes) {
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  count_distances(1);
  // Two sums: each addition waits for the one before it.
  __m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
  const __m512i zero = _mm512_setzero_si512();
  for (std::size_t i = 0; i < bytes; i += 64) {
    const __m512i x = load_code(a, i, bytes), y = load_code(b, i, bytes);
    const __m512i size = _mm512_sub_epi8(_mm512_max_epu8(x, y), _mm512_min_epu8(x, y));
    const __m512i even = _mm512_unpacklo_epi8(size, zero), odd = _mm512_unpackhi_epi8(size, zero);
    low = _mm512_dpwssd_epi32(low, even, even);
    high = _mm512_dpwssd_epi32(high, odd, odd);
  }
  return static_cast<std::uint32_t>(_mm512_reduce_add_epi32(_mm512_add_epi32(low, high)));
#elif defined(__AVX2__)
  count_distances(1);
  __m256i sum = _mm256_setzero_si256();
  const __m256i zero = _mm256_setzero_si256();
  for (std::size_t i = 0; i < bytes; i += 32) {
    const __m256i x = load_code(a, i), y = load_code(b, i);
    const __m256i size = _mm256_sub_epi8(_mm256_max_epu8(x, y), _mm256_min_epu8(x, y));
    const __m256i low = _mm256_unpacklo_epi8(size, zero), high = _mm256_unpackhi_epi8(size, zero);
    sum = _mm256_add_epi32(sum, _mm256_add_epi32(_mm256_madd_epi16(low, low), _mm256_madd_epi16(high, high)));
  }
  return sum_lanes(sum);
#else
  return squared_l2_u7(a, b, bytes);  // the plain loop has room for either
#endif
}

// Where a packed row keeps a dimension: 64 dimensions fill 32 bytes, the first 32 in the low nibbles. A query keeps them in
// order, a byte each.
constexpr std::size_t u4_byte(std::size_t dimension) { return dimension / 64 * 32 + dimension % 32; }
constexpr unsigned u4_shift(std::size_t dimension) { return dimension % 64 < 32 ? 0 : 4; }

// Squared L2 of a query and a packed row of `bytes` bytes, in units of an eighth of a level. query: 2 * bytes values from -7
// to 127, each eight times the (fractional) level; subtract 4 from all of them where a level stands for the middle of its
// interval.
inline std::uint32_t squared_l2_u4(const std::int8_t* query, const std::uint8_t* row, std::size_t bytes) {
  count_distances(1);
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t i = 0; i < bytes; i += 32) {
    sum = add_squares(sum, _mm512_sub_epi8(unpack_u4(row + i), _mm512_loadu_si512(query + 2 * i)));
  }
  return static_cast<std::uint32_t>(_mm512_reduce_add_epi32(sum));
#elif defined(__AVX2__)
  __m256i sum = _mm256_setzero_si256();
  const __m256i mask = _mm256_set1_epi8(0x78);
  for (std::size_t i = 0; i < bytes; i += 32) {
    const __m256i packed = load_code(row, i);
    const __m256i low = _mm256_and_si256(_mm256_slli_epi16(packed, 3), mask);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(packed, 1), mask);
    sum = add_squares(sum, _mm256_sub_epi8(low, load_code(query, 2 * i)));
    sum = add_squares(sum, _mm256_sub_epi8(high, load_code(query, 2 * i + 32)));
  }
  return sum_lanes(sum);
#else
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes; i += 32) {
    for (std::size_t j = 0; j < 32; ++j) {
      const std::int32_t low = (row[i + j] & 15) * 8 - query[2 * i + j];
      const std::int32_t high = (row[i + j] >> 4) * 8 - query[2 * i + 32 + j];
      sum += static_cast<std::uint32_t>(low * low + high * high);
    }
  }
  return sum;
#endif
}

// Inner product of unsigned and signed bytes. Exact: sums of two products do not saturate.
inline std::int32_t dot_u8_i8(const std::uint8_t* a, const std::int8_t* b, std::size_t bytes) {
  count_distances(1);
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t i = 0; i < bytes; i += 64) {
    sum = _mm512_dpbusd_epi32(sum, load_code(a, i, bytes), load_code(b, i, bytes));
  }
  return _mm512_reduce_add_epi32(sum);
#elif defined(__AVX2__)
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t i = 0; i < bytes; i += 16) {
    const __m256i x = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + i)));
    const __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i)));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, y));
  }
  return static_cast<std::int32_t>(sum_lanes(sum));
#else
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < bytes; ++i) sum += a[i] * b[i];
  return sum;
#endif
}

}  // namespace annvil
