// Compares every kernel of the contract with a plain double reference, on random and on extreme values. Silent if all agree.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "codes.hpp"
#include "codes_batch.hpp"
#include "distance.hpp"
#include "half.hpp"
#include "memory.hpp"
#include "quantise.hpp"

namespace {

using annvil::HugeArray;

int failures = 0;

void expect(const char* kernel, std::size_t size, double got, double wanted, double tolerance) {
  if (std::abs(got - wanted) <= tolerance) return;
  std::printf("%s of %zu: got %.9g, wanted %.9g\n", kernel, size, got, wanted);
  ++failures;
}

// Values at random, all lowest, all highest, or alternating: the kinds of row under which sums overflow or saturate.
template <class T, class Draw>
void fill(T* row, std::size_t size, int kind, T lowest, T highest, Draw&& draw) {
  for (std::size_t i = 0; i < size; ++i) {
    row[i] = kind == 0 ? static_cast<T>(draw()) : kind == 1 ? lowest : kind == 2 ? highest : i % 2 ? lowest : highest;
  }
}

template <class A, class B>
double reference_l2(const A* a, const B* b, std::size_t size) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
  return sum;
}

template <class A, class B>
double reference_dot(const A* a, const B* b, std::size_t size) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

void check_floats(std::mt19937& random, std::uint32_t size, int a_kind, int b_kind) {
  std::normal_distribution<float> normal;
  const auto draw = [&] { return normal(random); };
  HugeArray<float> a(size), b(size);
  fill(a.data(), size, a_kind, -1000.f, 1000.f, draw);
  fill(b.data(), size, b_kind, -1000.f, 1000.f, draw);
  const double l2 = reference_l2(a.data(), b.data(), size), dot = reference_dot(a.data(), b.data(), size);
  const double scale = reference_dot(a.data(), a.data(), size) + reference_dot(b.data(), b.data(), size);
  expect("squared_l2", size, annvil::squared_l2(a.data(), b.data(), size), l2, 1e-5 * scale);
  expect("dot", size, annvil::dot(a.data(), b.data(), size), dot, 1e-5 * scale);

  // Exactly as long as the row, so that the sanitizer sees a read past its end.
  std::vector<annvil::Half> half(size);
  for (std::uint32_t i = 0; i < size; ++i) half[i] = static_cast<annvil::Half>(b[i]);
  expect("squared_l2_half", size, annvil::squared_l2_half(a.data(), half.data(), size),
         reference_l2(a.data(), half.data(), size), 1e-5 * scale);
  expect("dot_half", size, annvil::dot_half(a.data(), half.data(), size), reference_dot(a.data(), half.data(), size),
         1e-5 * scale);
}

void check_quantise(std::mt19937& random, std::size_t size) {
  std::uniform_real_distribution<float> uniform(-3, 3);
  std::vector<float> values(size);
  std::vector<std::uint8_t> codes(size);
  for (float& value : values) value = uniform(random);
  for (const float top : {127.f, 255.f}) {
    annvil::quantise(values.data(), size, -2, 50, top, codes.data());
    for (std::size_t i = 0; i < size; ++i) {
      const double level = std::min(std::max((double{values[i]} + 2) * 50, 0.0), double{top});
      expect("quantise", size, codes[i], level, 0.5001);
    }
  }
}

void check_bytes(std::mt19937& random, std::size_t bytes, int a_kind, int b_kind) {
  std::vector<std::uint8_t> a(bytes), b(bytes);
  std::vector<std::int8_t> s(bytes);
  const auto draw = [&] { return random() & 255; };
  fill<std::uint8_t>(a.data(), bytes, a_kind, 0, 255, draw);
  fill<std::uint8_t>(b.data(), bytes, b_kind, 0, 255, draw);
  fill<std::int8_t>(s.data(), bytes, b_kind, -128, 127, draw);
  expect("squared_l2_u8", bytes, annvil::squared_l2_u8(a.data(), b.data(), bytes), reference_l2(a.data(), b.data(), bytes), 0);
  expect("dot_u8_i8", bytes, annvil::dot_u8_i8(a.data(), s.data(), bytes), reference_dot(a.data(), s.data(), bytes), 0);
  HugeArray<std::uint8_t> block(annvil::block_rows * bytes);
  for (std::size_t r = 0; r < annvil::block_rows; ++r) {
    // Another row in each lane: the same one, turned.
    std::rotate(s.begin(), s.begin() + 1, s.end());
    annvil::put_in_block(reinterpret_cast<const std::uint8_t*>(s.data()), bytes, r, block.data());
  }
  std::int32_t dots[annvil::block_rows];
  annvil::dot_u8_i8_block(a.data(), reinterpret_cast<const std::int8_t*>(block.data()), bytes, dots);
  for (std::size_t r = annvil::block_rows; r-- > 0;) {
    expect("dot_u8_i8_block", bytes, dots[r], reference_dot(a.data(), s.data(), bytes), 0);
    std::rotate(s.begin(), s.end() - 1, s.end());
  }
  for (std::size_t i = 0; i < bytes; ++i) a[i] /= 2, b[i] /= 2;
  expect("squared_l2_u7", bytes, annvil::squared_l2_u7(a.data(), b.data(), bytes), reference_l2(a.data(), b.data(), bytes), 0);
}

// Batches of u7 and u4 rows against the same rows one by one, and u4 against its unpacked levels.
void check_batches(std::mt19937& random, std::size_t bytes, int query_kind, int row_kind) {
  constexpr std::size_t rows = annvil::block_rows;
  std::vector<std::uint8_t> query(bytes);
  std::vector<std::int8_t> fine(2 * bytes);
  std::vector<std::vector<std::uint8_t>> u7(rows), u4(rows);
  HugeArray<std::uint8_t> u7_block(rows * bytes), u4_block(rows * bytes);
  fill<std::uint8_t>(query.data(), bytes, query_kind, 0, 127, [&] { return random() & 127; });
  fill<std::int8_t>(fine.data(), 2 * bytes, query_kind, -7, 127,
                    [&] { return static_cast<int>(random() % 135) - 7; });
  for (std::size_t r = 0; r < rows; ++r) {
    u7[r].resize(bytes);
    u4[r].resize(bytes);
    fill<std::uint8_t>(u7[r].data(), bytes, row_kind, 0, 127, [&] { return random() & 127; });
    fill<std::uint8_t>(u4[r].data(), bytes, row_kind, 0, 255, [&] { return random() & 255; });
    annvil::put_in_block(u7[r].data(), bytes, r, u7_block.data());
    annvil::put_in_block(u4[r].data(), bytes, r, u4_block.data());
  }
  std::uint32_t u7_all[rows], u4_all[rows];
  annvil::squared_l2_u7_block(query.data(), u7_block.data(), bytes, u7_all);
  annvil::squared_l2_u4_block(fine.data(), u4_block.data(), bytes, u4_all);
  std::uint32_t below = 0;
  for (std::size_t r = 0; r < rows; ++r) below |= std::uint32_t{u7_all[r] < u7_all[5]} << r;
  expect("lanes_below", bytes, annvil::lanes_below(u7_all, u7_all[5]), below, 0);
  for (std::size_t r = 0; r < rows; r += 4) {
    const std::uint8_t* const u7_rows[] = {u7[r].data(), u7[r + 1].data(), u7[r + 2].data(), u7[r + 3].data()};
    const std::uint8_t* const u4_rows[] = {u4[r].data(), u4[r + 1].data(), u4[r + 2].data(), u4[r + 3].data()};
    std::uint32_t u7_four[4], u4_four[4];
    annvil::squared_l2_u7_x4(query.data(), u7_rows, bytes, u7_four);
    annvil::squared_l2_u4_x4(fine.data(), u4_rows, bytes, u4_four);
    for (std::size_t i = 0; i < 4; ++i) {
      std::vector<int> levels(2 * bytes);
      for (std::size_t d = 0; d < 2 * bytes; ++d) {
        levels[d] = 8 * (u4[r + i][annvil::u4_byte(d)] >> annvil::u4_shift(d) & 15);
      }
      const double u7_wanted = reference_l2(query.data(), u7[r + i].data(), bytes);
      const double u4_wanted = reference_l2(fine.data(), levels.data(), 2 * bytes);
      expect("squared_l2_u7_x4", bytes, u7_four[i], u7_wanted, 0);
      expect("squared_l2_u7_block", bytes, u7_all[r + i], u7_wanted, 0);
      expect("squared_l2_u4", bytes, annvil::squared_l2_u4(fine.data(), u4[r + i].data(), bytes), u4_wanted, 0);
      expect("squared_l2_u4_x4", bytes, u4_four[i], u4_wanted, 0);
      expect("squared_l2_u4_block", bytes, u4_all[r + i], u4_wanted, 0);
    }
  }
}

}  // namespace

int main() {
  std::mt19937 random(1);
  for (const std::size_t size : {16, 48, 784}) check_quantise(random, size);
  for (int a_kind = 0; a_kind < 4; ++a_kind) {
    for (int b_kind = 0; b_kind < 4; ++b_kind) {
      for (const std::uint32_t size : {16, 32, 48, 112, 128, 784, 4096}) check_floats(random, size, a_kind, b_kind);
      for (const std::size_t bytes : {32, 64, 96, 128, 800, 4096}) {
        check_bytes(random, bytes, a_kind, b_kind);
        check_batches(random, bytes, a_kind, b_kind);
      }
    }
  }
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
