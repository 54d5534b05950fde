// Exact float32 distances over padded rows. The instruction set is the one the translation unit is compiled for: the
// kernels inline into the search loop, and dispatch at run time belongs around the whole search, not around a distance.
#pragma once

#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "count.hpp"
#include "vectors.hpp"

namespace annvil {

// Sum over the padded row of (a - b)^2. a, b: `stride` floats, 64-byte aligned, stride a multiple of 16.
inline float squared_l2(const float* a, const float* b, std::uint32_t stride) {
  count_distances(1);
#if defined(__AVX512F__)
  __m512 sum0 = _mm512_setzero_ps(), sum1 = _mm512_setzero_ps();
  std::uint32_t i = 0;
  for (; i + 32 <= stride; i += 32) {
    const __m512 d0 = _mm512_sub_ps(_mm512_load_ps(a + i), _mm512_load_ps(b + i));
    const __m512 d1 = _mm512_sub_ps(_mm512_load_ps(a + i + 16), _mm512_load_ps(b + i + 16));
    sum0 = _mm512_fmadd_ps(d0, d0, sum0);
    sum1 = _mm512_fmadd_ps(d1, d1, sum1);
  }
  if (i < stride) {
    const __m512 d = _mm512_sub_ps(_mm512_load_ps(a + i), _mm512_load_ps(b + i));
    sum0 = _mm512_fmadd_ps(d, d, sum0);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
#elif defined(__AVX2__)
  __m256 sum0 = _mm256_setzero_ps(), sum1 = _mm256_setzero_ps();
  for (std::uint32_t i = 0; i < stride; i += 16) {
    const __m256 d0 = _mm256_sub_ps(_mm256_load_ps(a + i), _mm256_load_ps(b + i));
    const __m256 d1 = _mm256_sub_ps(_mm256_load_ps(a + i + 8), _mm256_load_ps(b + i + 8));
    sum0 = _mm256_fmadd_ps(d0, d0, sum0);
    sum1 = _mm256_fmadd_ps(d1, d1, sum1);
  }
  const __m256 sum = _mm256_add_ps(sum0, sum1);
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
#else
  // Sixteen running sums, which a compiler may keep in whatever vector registers there are.
  float sums[16] = {};
  for (std::uint32_t i = 0; i < stride; i += 16) {
    for (std::uint32_t j = 0; j < 16; ++j) {
      const float d = a[i + j] - b[i + j];
      sums[j] += d * d;
    }
  }
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
#endif
}

// Sum over the padded row of a * b. Same requirements.
inline float dot(const float* a, const float* b, std::uint32_t stride) {
  count_distances(1);
#if defined(__AVX512F__)
  __m512 sum0 = _mm512_setzero_ps(), sum1 = _mm512_setzero_ps();
  std::uint32_t i = 0;
  for (; i + 32 <= stride; i += 32) {
    sum0 = _mm512_fmadd_ps(_mm512_load_ps(a + i), _mm512_load_ps(b + i), sum0);
    sum1 = _mm512_fmadd_ps(_mm512_load_ps(a + i + 16), _mm512_load_ps(b + i + 16), sum1);
  }
  if (i < stride) sum0 = _mm512_fmadd_ps(_mm512_load_ps(a + i), _mm512_load_ps(b + i), sum0);
  return _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
#elif defined(__AVX2__)
  __m256 sum0 = _mm256_setzero_ps(), sum1 = _mm256_setzero_ps();
  for (std::uint32_t i = 0; i < stride; i += 16) {
    sum0 = _mm256_fmadd_ps(_mm256_load_ps(a + i), _mm256_load_ps(b + i), sum0);
    sum1 = _mm256_fmadd_ps(_mm256_load_ps(a + i + 8), _mm256_load_ps(b + i + 8), sum1);
  }
  const __m256 sum = _mm256_add_ps(sum0, sum1);
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
#else
  float sums[16] = {};
  for (std::uint32_t i = 0; i < stride; i += 16) {
    for (std::uint32_t j = 0; j < 16; ++j) sums[j] += a[i + j] * b[i + j];
  }
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
#endif
}

// The metric's own distance: smaller is closer.
template <Metric metric>
float distance(const float* a, const float* b, std::uint32_t stride) {
  if constexpr (metric == Metric::squared_l2) {
    return squared_l2(a, b, stride);
  } else {
    return -dot(a, b, stride);
  }
}

}  // namespace annvil
