// Distances between a float32 query and rows of 16-bit floats: half the memory of exact rows, and three digits of them.
// Values beyond 65,504 become infinite: scale before converting where that may happen.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "count.hpp"

namespace annvil {

using Half = _Float16;

#if defined(__AVX512F__)
inline __m512 load_half(const Half* row) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row)));
}
#elif defined(__AVX2__) && defined(__F16C__)
inline __m256 load_half(const Half* row) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row)));
}

inline float sum_lanes(__m256 sum) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
#endif

// Squared L2. size: values of either, a multiple of 16, zeros behind the dimension.
inline float squared_l2_half(const float* query, const Half* row, std::size_t size) {
  count_distances(1);
#if defined(__AVX512F__)
  __m512 sum = _mm512_setzero_ps();
  for (std::size_t i = 0; i < size; i += 16) {
    const __m512 d = _mm512_sub_ps(load_half(row + i), _mm512_loadu_ps(query + i));
    sum = _mm512_fmadd_ps(d, d, sum);
  }
  return _mm512_reduce_add_ps(sum);
#elif defined(__AVX2__) && defined(__F16C__)
  __m256 sum = _mm256_setzero_ps();
  for (std::size_t i = 0; i < size; i += 8) {
    const __m256 d = _mm256_sub_ps(load_half(row + i), _mm256_loadu_ps(query + i));
    sum = _mm256_fmadd_ps(d, d, sum);
  }
  return sum_lanes(sum);
#else
  // Sixteen running sums, as in distance.hpp.
  float sums[16] = {};
  for (std::size_t i = 0; i < size; ++i) {
    const float d = static_cast<float>(row[i]) - query[i];
    sums[i % 16] += d * d;
  }
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
#endif
}

// Inner product. Same requirements.
inline float dot_half(const float* query, const Half* row, std::size_t size) {
  count_distances(1);
#if defined(__AVX512F__)
  __m512 sum = _mm512_setzero_ps();
  for (std::size_t i = 0; i < size; i += 16) sum = _mm512_fmadd_ps(load_half(row + i), _mm512_loadu_ps(query + i), sum);
  return _mm512_reduce_add_ps(sum);
#elif defined(__AVX2__) && defined(__F16C__)
  __m256 sum = _mm256_setzero_ps();
  for (std::size_t i = 0; i < size; i += 8) sum = _mm256_fmadd_ps(load_half(row + i), _mm256_loadu_ps(query + i), sum);
  return sum_lanes(sum);
#else
  float sums[16] = {};
  for (std::size_t i = 0; i < size; ++i) sums[i % 16] += static_cast<float>(row[i]) * query[i];
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
#endif
}

}  // namespace annvil
