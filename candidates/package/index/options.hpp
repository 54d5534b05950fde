// What a caller says and is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "package.hpp"

namespace PACKAGE_NAME {

// euclidean: distances are squared L2. angular: 1 - cosine; rows and queries are normalised inside.
enum class Metric : std::uint32_t { euclidean = 0, angular = 1 };

// An id where fewer than k rows exist.
inline constexpr std::uint32_t no_id = 0xFFFFFFFF;

// Called on the caller's own thread, every 20 ms at most, with what is being done and how much of it: `done` in [0, 1] rises within a
// phase, and is an estimate while a graph is built. Returns false to cancel; what it throws cancels too, and reaches the caller.
using Progress = std::function<bool(const char* phase, double done)>;

struct BuildOptions {
  Metric metric = Metric::euclidean;
  std::uint32_t threads = 0;  // 0: all cores
  std::uint64_t seed = 0;     // for whatever is drawn at random
  std::uint32_t max_degree = measured_degree;
  // Base rows held out to measure recall by effort, 5 % of all at most. Costs a build of its own. 0: none.
  std::uint32_t calibration_queries = 500;
  std::uint32_t calibration_k = 10;
  // [sample_count x dimension]: recall is measured on these instead, which needs no second build.
  const float* sample_queries = nullptr;
  std::size_t sample_count = 0;
  Progress progress = {};
};

struct LoadOptions {
  bool map = false;            // vectors stay in the mapped file, which must not change while it is used; else on huge pages
  bool skip_checksum = false;  // vectors and graph are not summed; ranges are still checked
  Progress progress = {};
};

struct SearchOptions {
  std::uint32_t k = 10;
  std::uint32_t effort = 0;  // more finds more and takes longer; 0: by target_recall
  // In (0, 1], where effort is 0: the least effort whose lower bound reaches it, by the calibration.
  double target_recall = 0;
  std::uint32_t threads = 0;  // for a batch; 0: all cores
  Progress progress = {};
  // Room for a number a query: how many rows it was compared with. Null: not wanted. Trained indexes alone count; others throw Unsupported.
  std::uint32_t* compared = nullptr;
};

// Mean recall@k at an effort, with its 95 % interval over queries.
struct CalibrationPoint {
  std::uint32_t effort = 0;
  double recall = 0, low = 0, high = 0;
};

}  // namespace PACKAGE_NAME
