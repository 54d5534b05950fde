// CRC-32C (Castagnoli), by the processor's own instruction where there is one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE4_2__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace annvil {

#if !defined(__SSE4_2__) && !defined(__ARM_FEATURE_CRC32)
// tables[j][b]: what byte b does to the sum when j more bytes follow (slicing by eight).
inline constexpr auto crc32c_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t sum = byte;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0x82F63B78u : 0u);
    tables[0][byte] = sum;
  }
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    for (std::size_t j = 1; j < 8; ++j) {
      tables[j][byte] = tables[j - 1][byte] >> 8 ^ tables[0][tables[j - 1][byte] & 255];
    }
  }
  return tables;
}();
#endif

// The sum of what `before` is the sum of, followed by `bytes` bytes at `data`.
inline std::uint32_t crc32c(const void* data, std::size_t bytes, std::uint32_t before = 0) {
  const auto* at = static_cast<const unsigned char*>(data);
  std::uint32_t sum = ~before;
  const auto load = [&] {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    return word;
  };
#if defined(__SSE4_2__)
  for (; bytes >= 8; bytes -= 8, at += 8) sum = static_cast<std::uint32_t>(_mm_crc32_u64(sum, load()));
  for (; bytes > 0; --bytes, ++at) sum = _mm_crc32_u8(sum, *at);
#elif defined(__ARM_FEATURE_CRC32)
  for (; bytes >= 8; bytes -= 8, at += 8) sum = __crc32cd(sum, load());
  for (; bytes > 0; --bytes, ++at) sum = __crc32cb(sum, *at);
#else
  for (; bytes >= 8; bytes -= 8, at += 8) {
    const std::uint64_t word = load() ^ sum;
    sum = 0;
    for (std::size_t j = 0; j < 8; ++j) sum ^= crc32c_tables[7 - j][word >> 8 * j & 255];
  }
  for (; bytes > 0; --bytes, ++at) sum = sum >> 8 ^ crc32c_tables[0][(sum ^ *at) & 255];
#endif
  return ~sum;
}

}  // namespace annvil
