// Integer distances from one query to several coded rows at once. Adding up the lanes of one sum costs more than a short
// row's distance itself; four sums share the additions, and a block of sixteen interleaved rows needs none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codes.hpp"

namespace annvil {

#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
// The totals of four sums of sixteen lanes, in order.
inline __m128i sum_lanes_x4(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  const __m512i abcd = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(abcd), _mm512_extracti64x4_epi64(abcd, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}
#endif

// squared_l2_u7 of a query and four rows.
inline void squared_l2_u7_x4(const std::uint8_t* query, const std::uint8_t* const rows[4], std::size_t bytes,
                             std::uint32_t distances[4]) {
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  count_distances(4);
  __m512i sums[4] = {};
  for (std::size_t i = 0; i < bytes; i += 64) {
    const __m512i x = load_code(query, i, bytes);
    for (int r = 0; r < 4; ++r) sums[r] = add_squares(sums[r], _mm512_sub_epi8(load_code(rows[r], i, bytes), x));
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(distances), sum_lanes_x4(sums[0], sums[1], sums[2], sums[3]));
#else
  for (int r = 0; r < 4; ++r) distances[r] = squared_l2_u7(query, rows[r], bytes);
#endif
}

// squared_l2_u4 of a query and four rows.
inline void squared_l2_u4_x4(const std::int8_t* query, const std::uint8_t* const rows[4], std::size_t bytes,
                             std::uint32_t distances[4]) {
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  count_distances(4);
  __m512i sums[4] = {};
  for (std::size_t i = 0; i < bytes; i += 32) {
    const __m512i x = _mm512_loadu_si512(query + 2 * i);
    for (int r = 0; r < 4; ++r) sums[r] = add_squares(sums[r], _mm512_sub_epi8(unpack_u4(rows[r] + i), x));
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(distances), sum_lanes_x4(sums[0], sums[1], sums[2], sums[3]));
#else
  for (int r = 0; r < 4; ++r) distances[r] = squared_l2_u4(query, rows[r], bytes);
#endif
}

// Rows of one block: as many as a vector has 32-bit lanes.
inline constexpr std::size_t block_rows = 16;

// Writes a row of `bytes` bytes (a multiple of 4) as the given lane of a block of block_rows * bytes: the first four bytes of
// each row, then the next four of each, and so on, so that each lane sums one row's distance.
inline void put_in_block(const std::uint8_t* row, std::size_t bytes, std::size_t lane, std::uint8_t* block) {
  for (std::size_t i = 0; i < bytes; i += 4) std::memcpy(block + i * block_rows + lane * 4, row + i, 4);
}

// A bit for each lane whose distance is below the limit.
inline std::uint32_t lanes_below(const std::uint32_t distances[block_rows], std::uint32_t limit) {
#if defined(__AVX512F__)
  __mmask16 below = _mm512_cmplt_epu32_mask(_mm512_loadu_si512(distances), _mm512_set1_epi32(static_cast<std::int32_t>(limit)));
  // Between comparison and widening: g++ 12 takes the two as one, and where the result lives on the stack it writes the mask's 16
  // bits and reads 32, the upper ones left over from whatever was there.
  asm("" : "+k"(below));
  return below;
#else
  std::uint32_t below = 0;
  for (std::size_t lane = 0; lane < block_rows; ++lane) below |= std::uint32_t{distances[lane] < limit} << lane;
  return below;
#endif
}

// squared_l2_u7 of a query and the rows of a 64-byte-aligned block.
inline void squared_l2_u7_block(const std::uint8_t* query, const std::uint8_t* block, std::size_t bytes,
                                std::uint32_t distances[block_rows]) {
  count_distances(block_rows);
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  __m512i even = _mm512_setzero_si512(), odd = _mm512_setzero_si512();
  for (std::size_t i = 0; i < bytes; i += 8) {
    std::int32_t part[2];
    std::memcpy(part, query + i, sizeof part);
    even = add_squares(even, _mm512_sub_epi8(_mm512_load_si512(block + i * 16), _mm512_set1_epi32(part[0])));
    odd = add_squares(odd, _mm512_sub_epi8(_mm512_load_si512(block + i * 16 + 64), _mm512_set1_epi32(part[1])));
  }
  _mm512_storeu_si512(distances, _mm512_add_epi32(even, odd));
#elif defined(__AVX2__)
  __m256i sums[2] = {};
  for (std::size_t i = 0; i < bytes; i += 4) {
    std::int32_t part;
    std::memcpy(&part, query + i, sizeof part);
    const __m256i x = _mm256_set1_epi32(part);
    for (int h = 0; h < 2; ++h) sums[h] = add_squares(sums[h], _mm256_sub_epi8(load_code(block, i * 16 + h * 32), x));
  }
  std::memcpy(distances, sums, sizeof sums);
#else
  for (std::size_t lane = 0; lane < block_rows; ++lane) {
    distances[lane] = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      const std::int32_t d = block[i / 4 * 64 + lane * 4 + i % 4] - query[i];
      distances[lane] += static_cast<std::uint32_t>(d * d);
    }
  }
#endif
}

// squared_l2_u4 of a query and the rows of a 64-byte-aligned block.
inline void squared_l2_u4_block(const std::int8_t* query, const std::uint8_t* block, std::size_t bytes,
                                std::uint32_t distances[block_rows]) {
  count_distances(block_rows);
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  __m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
  const __m512i mask = _mm512_set1_epi8(0x78);
  for (std::size_t i = 0; i < bytes; i += 4) {
    std::int32_t part[2];
    const std::int8_t* at = query + i / 32 * 64 + i % 32;
    std::memcpy(part, at, 4);
    std::memcpy(part + 1, at + 32, 4);
    const __m512i packed = _mm512_load_si512(block + i * 16);
    const __m512i first = _mm512_and_si512(_mm512_slli_epi32(packed, 3), mask);
    const __m512i second = _mm512_and_si512(_mm512_srli_epi32(packed, 1), mask);
    low = add_squares(low, _mm512_sub_epi8(first, _mm512_set1_epi32(part[0])));
    high = add_squares(high, _mm512_sub_epi8(second, _mm512_set1_epi32(part[1])));
  }
  _mm512_storeu_si512(distances, _mm512_add_epi32(low, high));
#else
  for (std::size_t lane = 0; lane < block_rows; ++lane) {
    distances[lane] = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      const std::uint8_t packed = block[i / 4 * 64 + lane * 4 + i % 4];
      const std::int32_t low = (packed & 15) * 8 - query[i / 32 * 64 + i % 32];
      const std::int32_t high = (packed >> 4) * 8 - query[i / 32 * 64 + i % 32 + 32];
      distances[lane] += static_cast<std::uint32_t>(low * low + high * high);
    }
  }
#endif
}

// dot_u8_i8 of a query and the rows of a 64-byte-aligned block. bytes: a multiple of 8.
inline void dot_u8_i8_block(const std::uint8_t* query, const std::int8_t* block, std::size_t bytes,
                            std::int32_t dots[block_rows]) {
  count_distances(block_rows);
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  __m512i even = _mm512_setzero_si512(), odd = _mm512_setzero_si512();
  for (std::size_t i = 0; i < bytes; i += 8) {
    std::int32_t part[2];
    std::memcpy(part, query + i, sizeof part);
    even = _mm512_dpbusd_epi32(even, _mm512_set1_epi32(part[0]), _mm512_load_si512(block + i * 16));
    odd = _mm512_dpbusd_epi32(odd, _mm512_set1_epi32(part[1]), _mm512_load_si512(block + i * 16 + 64));
  }
  _mm512_storeu_si512(dots, _mm512_add_epi32(even, odd));
#elif defined(__AVX2__)
  // In 16 bits: products of bytes, two by two, would saturate. Two sums a lane, added up at the end.
  __m256i sums[4] = {};
  for (std::size_t i = 0; i < bytes; i += 4) {
    std::int32_t part;
    std::memcpy(&part, query + i, sizeof part);
    const __m256i x = _mm256_cvtepu8_epi16(_mm_set1_epi32(part));
    for (int q = 0; q < 4; ++q) {
      const __m256i y = _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(block + i * 16 + q * 16)));
      sums[q] = _mm256_add_epi32(sums[q], _mm256_madd_epi16(x, y));
    }
  }
  for (int h = 0; h < 2; ++h) {
    const __m256i pair = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[2 * h], sums[2 * h + 1]), 0xd8);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(dots + 8 * h), pair);
  }
#else
  for (std::size_t lane = 0; lane < block_rows; ++lane) {
    dots[lane] = 0;
    for (std::size_t i = 0; i < bytes; ++i) dots[lane] += block[i / 4 * 64 + lane * 4 + i % 4] * query[i];
  }
#endif
}

}  // namespace annvil
