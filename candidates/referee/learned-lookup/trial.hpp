// What an examination asks: datasets and queries drawn afresh, with the answers that only the referee knows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <annvil/learned-lookup/problem.hpp>

#include "../../player/learned-lookup/draw.hpp"
#include "../learned/examine_main.hpp"

namespace annvil::referee {

// Row-major tables of `width` floats a row.
struct Table {
  std::uint32_t width;
  std::vector<float> values;

  Table(std::uint32_t width, std::size_t rows) : width(width), values(rows * width) {}
  std::span<float> operator[](std::size_t row) { return std::span(values).subspan(row * width, width); }
  std::span<const float> operator[](std::size_t row) const { return std::span(values).subspan(row * width, width); }
};

// Query q belongs to dataset q % datasets, so that queries of one dataset fall into one chunk.
struct Trial {
  LookupProblem problem;
  std::size_t datasets;
  Table points;                        // a row a dataset
  Table queries;                       // a row a query
  std::vector<std::uint32_t> nearest;  // of each query, among the points of its dataset

  std::size_t dataset_of(std::size_t query) const { return query % datasets; }
  std::size_t query_count() const { return nearest.size(); }
  std::span<const float> point(std::size_t dataset, std::size_t i) const {
    return points[dataset].subspan(i * problem.dimension, problem.dimension);
  }
};

inline LookupProblem problem_of(const Json& request) {
  const auto whole = [&](const char* name) { return request.at(name).get<std::uint32_t>(); };
  return {whole("points"), whole("dimension"), whole("lookups"), whole("extra"), {}, whole("permute") != 0, whole("adaptive") != 0};
}

// Rows of files stay mapped as long as the object lives.
class TrialSource {
 public:
  explicit TrialSource(const Json& request)
      : source_{lookup::distribution_of(request.at("distribution").get<std::string>()), request.at("dimension").get<std::uint32_t>()} {
    if (source_.distribution != lookup::Distribution::rows) return;
    points_.emplace(map_file(request.at("pointsPath").get<std::string>()));
    queries_.emplace(map_file(request.at("queriesPath").get<std::string>()));
    source_.points = vectors_of(*points_, "points").vectors, source_.queries = vectors_of(*queries_, "queries").vectors;
  }

  Trial draw(const LookupProblem& problem, std::size_t datasets, std::size_t queries_each, std::uint64_t seed) const {
    lookup::Random random(seed);
    Trial trial{problem, datasets, {problem.points * problem.dimension, datasets}, {problem.dimension, datasets * queries_each}, {}};
    for (std::size_t i = 0; i < datasets; ++i) lookup::draw_points(source_, trial.points[i], random);
    for (std::size_t query = 0; query < datasets * queries_each; ++query) {
      const auto points = std::as_const(trial.points)[trial.dataset_of(query)];
      lookup::draw_query(source_, points, trial.queries[query], random);
      trial.nearest.push_back(lookup::nearest(points, trial.queries[query]));
    }
    return trial;
  }

 private:
  lookup::Source source_;
  std::optional<Mapping> points_, queries_;
};

}  // namespace annvil::referee
