// Square matrices of a few rows, as hashing needs them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <vector>

namespace annvil::neural_lsh {

class SquareMatrix {
 public:
  explicit SquareMatrix(std::uint32_t size) : size_(size), values_(std::size_t{size} * size) {}

  std::uint32_t size() const { return size_; }
  double& operator()(std::uint32_t row, std::uint32_t column) { return values_[std::size_t{row} * size_ + column]; }
  double operator()(std::uint32_t row, std::uint32_t column) const { return values_[std::size_t{row} * size_ + column]; }

  void apply(const double* vector, double* out) const {
    for (std::uint32_t row = 0; row < size_; ++row) {
      out[row] = 0;
      for (std::uint32_t column = 0; column < size_; ++column) out[row] += (*this)(row, column) * vector[column];
    }
  }

 private:
  std::uint32_t size_;
  std::vector<double> values_;
};

// By Gauss and Jordan with the largest pivot. Throws std::runtime_error for a singular matrix.
inline SquareMatrix inverse(SquareMatrix matrix) {
  const std::uint32_t size = matrix.size();
  SquareMatrix result(size);
  for (std::uint32_t i = 0; i < size; ++i) result(i, i) = 1;
  for (std::uint32_t column = 0; column < size; ++column) {
    std::uint32_t pivot = column;
    for (std::uint32_t row = column; row < size; ++row) {
      if (std::abs(matrix(row, column)) > std::abs(matrix(pivot, column))) pivot = row;
    }
    if (std::abs(matrix(pivot, column)) < 1e-300) throw std::runtime_error("a singular matrix has no inverse");
    for (std::uint32_t i = 0; i < size; ++i) {
      std::swap(matrix(pivot, i), matrix(column, i));
      std::swap(result(pivot, i), result(column, i));
    }
    const double scale = 1 / matrix(column, column);
    for (std::uint32_t i = 0; i < size; ++i) {
      matrix(column, i) *= scale;
      result(column, i) *= scale;
    }
    for (std::uint32_t row = 0; row < size; ++row) {
      if (row == column) continue;
      const double factor = matrix(row, column);
      for (std::uint32_t i = 0; i < size; ++i) {
        matrix(row, i) -= factor * matrix(column, i);
        result(row, i) -= factor * result(column, i);
      }
    }
  }
  return result;
}

// The orthogonal matrix closest to `matrix` (its polar factor; solves the Procrustes problem), by Newton's iteration
// X <- (X + X^-T) / 2 (Higham, 1986).
inline SquareMatrix orthogonal_factor(SquareMatrix matrix) {
  const std::uint32_t size = matrix.size();
  for (int iteration = 0; iteration < 100; ++iteration) {
    const SquareMatrix inverted = inverse(matrix);
    double moved = 0;
    for (std::uint32_t row = 0; row < size; ++row) {
      for (std::uint32_t column = 0; column < size; ++column) {
        const double next = (matrix(row, column) + inverted(column, row)) / 2;
        moved = std::max(moved, std::abs(next - matrix(row, column)));
        matrix(row, column) = next;
      }
    }
    if (moved < 1e-12) break;
  }
  return matrix;
}

inline SquareMatrix random_rotation(std::uint32_t size, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  SquareMatrix matrix(size);
  for (std::uint32_t row = 0; row < size; ++row) {
    for (std::uint32_t column = 0; column < size; ++column) matrix(row, column) = normal(random);
  }
  return orthogonal_factor(matrix);
}

}  // namespace annvil::neural_lsh
