// Build and calibration together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "../options.hpp"
#include "calibration.hpp"
#include "cores.hpp"
#include "make.hpp"
#include "rows.hpp"

namespace annvil {

template <Metric metric>
struct BuiltIndex {
  std::unique_ptr<Engine<metric>> engine;
  Calibration calibration;
};

inline void check_shape(const float* rows, std::size_t count, std::uint32_t dimension, const BuildOptions& options) {
  const auto refuse = [](const std::string& why) { throw BadArgument(why); };
  if (count == 0) refuse("there are no rows: an index needs at least one");
  if (!rows) refuse("rows is null");
  if (count > most_rows) refuse("there are " + std::to_string(count) + " rows: at most " + std::to_string(most_rows) + " fit an index");
  if (dimension == 0 || dimension > most_dimensions) {
    refuse("dimension is " + std::to_string(dimension) + ": it must be from 1 to " + std::to_string(most_dimensions));
  }
  if (options.max_degree < 2 || options.max_degree > 1024) {
    refuse("max_degree is " + std::to_string(options.max_degree) + ": it must be from 2 to 1024");
  }
  if (options.sample_count > 0 && !options.sample_queries) refuse("sample_queries is null");
  if (options.sample_count > 0xFFFFFFFF) refuse("sample_count is " + std::to_string(options.sample_count) + ": at most 4294967295 are taken");
  const bool calibrated = options.sample_count > 0 || options.calibration_queries > 0;
  if (calibrated && options.calibration_k == 0) refuse("calibration_k is 0: it must be at least 1");
}

// Throws BadArgument, Cancelled, std::bad_alloc.
template <Metric metric>
BuiltIndex<metric> build_index(const float* values, std::size_t count, std::uint32_t dimension, const BuildOptions& options) {
  check_shape(values, count, dimension, options);
  Operation operation(options.progress);
  const Input rows{"rows", values, count, dimension};
  const Input samples{"sample_queries", options.sample_queries, options.sample_count, dimension};
  const GraphLimits limits{options.max_degree, threads_for(options.threads), options.seed};
  std::vector<std::uint32_t> all(count), sampled(samples.count);
  std::iota(all.begin(), all.end(), 0u);
  std::iota(sampled.begin(), sampled.end(), 0u);

  const std::vector<std::uint32_t> held =
      sampled.empty() && count >= least_graph ? held_out_rows(count, options.calibration_queries, options.seed) : std::vector<std::uint32_t>{};
  // First of all, as a bad query should not be found after a long build.
  operation.enter("read queries", static_cast<double>(std::max(held.size(), sampled.size())));
  const HugeArray<float> queries =
      sampled.empty() ? prepare_rows<metric>(rows, held, limits.threads) : prepare_rows<metric>(samples, sampled, limits.threads);
  const auto asked = static_cast<std::uint32_t>(sampled.empty() ? held.size() : sampled.size());
  const Vectors vectors{queries.data(), asked, dimension, stride_of(dimension)};

  double passes = 1;
  Calibration calibration;
  const auto measure = [&](const Engine<metric>& engine) {
    calibration = calibrate(engine, vectors, options.calibration_k, limits.threads, operation);
  };
  if (!held.empty()) {
    std::vector<std::uint32_t> rest;
    std::set_difference(all.begin(), all.end(), held.begin(), held.end(), std::back_inserter(rest));
    // Gone before the whole set is built over: only one of them is in memory at a time.
    const auto engine = make_engine<metric>(rows, rest, limits, operation, "build without held-out rows", passes);
    measure(*engine);
    // What comparing all of the rest finds is promised for comparing all of the whole, and not for a walk over some of it. That is the last
    // point, if any: nothing is missed there.
    CalibrationPoint& last = calibration.points.back();
    if (engine->plan(calibration.k, last.effort).exhaustive) last.effort = static_cast<std::uint32_t>(count);
  }
  auto engine = make_engine<metric>(rows, all, limits, operation, "build", passes);
  if (!sampled.empty()) measure(*engine);
  return {std::move(engine), std::move(calibration)};
}

}  // namespace annvil
