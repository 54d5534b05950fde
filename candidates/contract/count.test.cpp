// Every distance helper counts the rows it was given, once, whichever instruction set it was compiled for.
#define ANNVIL_COUNT_DISTANCES
#include <cstdio>

#include "codes_batch.hpp"
#include "distance.hpp"
#include "half.hpp"

namespace {

alignas(64) float a[64], b[64];
alignas(64) annvil::Half half[64];
alignas(64) std::uint8_t code[64], block[64 * annvil::block_rows];
alignas(64) std::int8_t signed_code[128], signed_block[64 * annvil::block_rows];
std::uint32_t distances[annvil::block_rows];
std::int32_t dots[annvil::block_rows];
int failures = 0;

template <class Call>
void counts(const char* name, std::uint64_t rows, Call&& call) {
  std::uint64_t before = 0, after = 0;
  annvil::report_distances(before);
  call();
  annvil::report_distances(after);
  if (after - before == rows) return;
  std::printf("%s counted %llu, not %llu\n", name, static_cast<unsigned long long>(after - before), static_cast<unsigned long long>(rows));
  ++failures;
}

}  // namespace

int main() {
  using namespace annvil;
  const std::uint8_t* rows[4] = {code, code, code, code};
  counts("squared_l2", 1, [] { squared_l2(a, b, 64); });
  counts("dot", 1, [] { dot(a, b, 64); });
  counts("distance", 1, [] { distance<Metric::inner_product>(a, b, 64); });
  counts("squared_l2_half", 1, [] { squared_l2_half(a, half, 64); });
  counts("dot_half", 1, [] { dot_half(a, half, 64); });
  counts("squared_l2_u7", 1, [] { squared_l2_u7(code, code, 64); });
  counts("squared_l2_u8", 1, [] { squared_l2_u8(code, code, 64); });
  counts("squared_l2_u4", 1, [] { squared_l2_u4(signed_code, code, 64); });
  counts("dot_u8_i8", 1, [] { dot_u8_i8(code, signed_code, 64); });
  counts("squared_l2_u7_x4", 4, [&] { squared_l2_u7_x4(code, rows, 64, distances); });
  counts("squared_l2_u4_x4", 4, [&] { squared_l2_u4_x4(signed_code, rows, 64, distances); });
  counts("squared_l2_u7_block", block_rows, [] { squared_l2_u7_block(code, block, 64, distances); });
  counts("squared_l2_u4_block", block_rows, [] { squared_l2_u4_block(signed_code, block, 64, distances); });
  counts("dot_u8_i8_block", block_rows, [] { dot_u8_i8_block(code, signed_block, 64, dots); });
  return failures;
}
