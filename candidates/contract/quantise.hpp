// Floats to bytes, for codes of base rows and of queries alike.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace annvil {

// codes[i] = (values[i] - low) * scale, cut off at 0 and `top` (at most 255) and rounded. size: a multiple of 16. Values must
// be numbers. The padding of a row is coded like the rest of it, and alike in all rows.
inline void quantise(const float* values, std::size_t size, float low, float scale, float top, std::uint8_t* codes) {
#if defined(__AVX512F__)
  const __m512 lows = _mm512_set1_ps(low), scales = _mm512_set1_ps(scale), tops = _mm512_set1_ps(top);
  for (std::size_t i = 0; i < size; i += 16) {
    const __m512 level = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(values + i), lows), scales);
    const __m512 cut = _mm512_min_ps(_mm512_max_ps(level, _mm512_setzero_ps()), tops);
    const __m512i whole = _mm512_cvttps_epi32(_mm512_add_ps(cut, _mm512_set1_ps(0.5f)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(codes + i), _mm512_cvtepi32_epi8(whole));
  }
#else
  for (std::size_t i = 0; i < size; ++i) {
    const float level = (values[i] - low) * scale;
    codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(std::min(std::max(level, 0.f), top) + 0.5f));
  }
#endif
}

}  // namespace annvil
