// Whether a first lookup decides by few directions of the query (appendix E.3): one-vs-rest logistic regressions of the position that is
// read on the query, and the principal components of their coefficients.
#pragma once

#include <vector>

#include "judge.hpp"

namespace annvil::referee {

// Solves the symmetric positive definite system in place by Cholesky's factors; `matrix` row-major n x n.
inline void solve(std::vector<double>& matrix, std::vector<double>& right, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= matrix[i * n + k] * matrix[j * n + k];
      matrix[i * n + j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / matrix[j * n + j];
    }
    for (std::size_t k = 0; k < i; ++k) right[i] -= matrix[i * n + k] * right[k];
    right[i] /= matrix[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) right[i] -= matrix[k * n + i] * right[k];
    right[i] /= matrix[i * n + i];
  }
}

// Coefficients of a logistic regression with intercept, by Newton's iterations. A ridge of one keeps them finite where a plane separates.
inline std::vector<double> logistic_regression(const Table& rows, const std::vector<bool>& labels) {
  const std::size_t width = rows.width, n = width + 1;
  std::vector<double> weights(n, 0);
  for (int iteration = 0; iteration < 15; ++iteration) {
    std::vector<double> hessian(n * n, 0), step(n, 0);
    for (std::size_t i = 0; i < n; ++i) hessian[i * n + i] = 1, step[i] = -weights[i];
    for (std::size_t row = 0; row < labels.size(); ++row) {
      const auto x = [&](std::size_t i) { return i < width ? static_cast<double>(rows[row][i]) : 1.0; };
      double logit = 0;
      for (std::size_t i = 0; i < n; ++i) logit += weights[i] * x(i);
      const double probability = 1 / (1 + std::exp(-logit));
      for (std::size_t i = 0; i < n; ++i) {
        step[i] += ((labels[row] ? 1 : 0) - probability) * x(i);
        for (std::size_t j = 0; j <= i; ++j) hessian[i * n + j] += probability * (1 - probability) * x(i) * x(j);
      }
    }
    solve(hessian, step, n);
    for (std::size_t i = 0; i < n; ++i) weights[i] += step[i];
  }
  weights.pop_back();
  return weights;
}

struct Components {
  std::vector<double> explained;                // shares of variance, largest first
  std::vector<std::vector<double>> directions;  // of unit length, in the same order
};

// Principal components of a few long rows, by power iteration and deflation.
inline Components principal_components(std::vector<std::vector<double>> rows, std::size_t count) {
  const std::size_t width = rows.front().size();
  double total = 0;
  for (std::size_t k = 0; k < width; ++k) {
    double mean = 0;
    for (const auto& row : rows) mean += row[k] / static_cast<double>(rows.size());
    for (auto& row : rows) row[k] -= mean, total += row[k] * row[k];
  }
  Components components;
  for (std::size_t found = 0; found < count; ++found) {
    std::vector<double> direction(width);
    for (std::size_t k = 0; k < width; ++k) direction[k] = std::cos(static_cast<double>(k + 1) * static_cast<double>(found + 1));
    double variance = 0;
    for (int iteration = 0; iteration < 2000; ++iteration) {
      std::vector<double> next(width, 0);
      for (const auto& row : rows) {
        const double along = std::inner_product(row.begin(), row.end(), direction.begin(), 0.0);
        for (std::size_t k = 0; k < width; ++k) next[k] += along * row[k];
      }
      variance = std::sqrt(std::inner_product(next.begin(), next.end(), next.begin(), 0.0));
      if (variance < 1e-12) break;
      for (std::size_t k = 0; k < width; ++k) direction[k] = next[k] / variance;
    }
    for (auto& row : rows) {
      const double along = std::inner_product(row.begin(), row.end(), direction.begin(), 0.0);
      for (std::size_t k = 0; k < width; ++k) row[k] -= along * direction[k];
    }
    components.explained.push_back(total > 0 ? variance / total : 0);
    components.directions.push_back(std::move(direction));
  }
  return components;
}

// Facts component1 and component2, their shares of variance, and a picture of queries in their plane: [x, y, position that is read].
inline void add_separators(Json& answer, const Trial& trial, const std::vector<std::uint32_t>& positions) {
  std::vector<std::vector<double>> coefficients;
  for (std::uint32_t position = 0; position < trial.problem.positions(); ++position) {
    std::vector<bool> labels;
    for (const std::uint32_t read : positions) labels.push_back(read == position);
    if (std::ranges::count(labels, true) > 0) coefficients.push_back(logistic_regression(trial.queries, labels));
  }
  const Components components = principal_components(std::move(coefficients), 2);
  for (std::size_t i = 0; i < 2; ++i) answer["facts"]["component" + std::to_string(i + 1)] = components.explained[i];
  std::vector<std::vector<double>> seen;
  for (std::size_t query = 0; query < std::min<std::size_t>(trial.query_count(), 1500); ++query) {
    const auto along = [&](std::size_t i) {
      return std::inner_product(trial.queries[query].begin(), trial.queries[query].end(), components.directions[i].begin(), 0.0);
    };
    seen.push_back({along(0), along(1), static_cast<double>(positions[query])});
  }
  answer["pictures"]["plane"] = seen;
}

}  // namespace annvil::referee
