// Recall by effort, measured on queries that are not in the base.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include <annvil/parallel.hpp>

#include "../options.hpp"
#include "engine.hpp"
#include "recall_interval.hpp"

namespace annvil {

// Recall of k neighbours at a ladder of efforts.
struct Calibration {
  std::uint32_t k = 0;  // 0: none
  std::vector<CalibrationPoint> points;
};

inline constexpr std::uint32_t most_calibrated_effort = 8192;

// `wanted` of `count` rows, 5 % at most, drawn at random (Floyd's sampling: Bentley and Floyd, CACM 30, 1987), ascending.
inline std::vector<std::uint32_t> held_out_rows(std::size_t count, std::uint32_t wanted, std::uint64_t seed) {
  const std::size_t size = std::min<std::size_t>(wanted, count / 20);
  std::mt19937_64 random(seed);
  std::unordered_set<std::uint32_t> drawn;
  for (std::size_t last = count - size; last < count; ++last) {
    const auto row = static_cast<std::uint32_t>(random() % (last + 1));
    if (!drawn.insert(row).second) drawn.insert(static_cast<std::uint32_t>(last));
  }
  std::vector<std::uint32_t> rows(drawn.begin(), drawn.end());
  std::sort(rows.begin(), rows.end());
  return rows;
}

// For each query the distance of its k-th nearest row: what is as close counts as found, so that ties do not matter.
template <Metric metric>
std::vector<float> true_reach(const Engine<metric>& engine, Vectors queries, std::uint32_t k, std::uint32_t threads) {
  constexpr std::size_t together = 16;
  std::vector<float> reach(queries.count);
  parallel_for((queries.count + together - 1) / together, threads, 1, [&](std::size_t group, std::uint32_t) {
    std::vector<const float*> asked;
    for (std::size_t i = group * together; i < std::min<std::size_t>((group + 1) * together, queries.count); ++i) {
      asked.push_back(queries[static_cast<NodeId>(i)]);
    }
    const std::vector<Nearest> nearest = nearest_to_each<metric>(engine.base(), asked, k);
    for (std::size_t i = 0; i < asked.size(); ++i) reach[group * together + i] = nearest[i].entries().back().distance;
  });
  return reach;
}

template <Metric metric>
CalibrationPoint measure_recall(const Engine<metric>& engine, Vectors queries, std::span<const float> reach, std::uint32_t k,
                                std::uint32_t effort, std::uint32_t threads) {
  const auto plan = engine.plan(k, effort);
  std::vector<double> shares(queries.count);
  parallel_for(queries.count, threads, 16, [&](std::size_t i, std::uint32_t) {
    WorkspacePool::Lease workspace(engine.workspaces());
    std::vector<std::uint32_t> ids(k);
    std::vector<float> distances(k);
    engine.answer(queries[static_cast<NodeId>(i)], plan, *workspace, ids.data(), distances.data());
    const auto found = std::count_if(distances.begin(), distances.end(), [&](float one) { return one <= reach[i]; });
    shares[i] = static_cast<double>(found) / k;
  });
  const Interval recall = recall_interval(shares, k);
  return {effort, recall.mean, recall.low, recall.high};
}

// The next rung: a fifth more, so that an effort for a recall is at most that much too great.
inline std::uint32_t next_rung(std::uint32_t effort) { return std::max(effort + 1, effort + effort / 5); }

// queries: prepared. Climbs until hardly a neighbour is missed, more effort finds no more, or effort is past all use.
template <Metric metric>
Calibration calibrate(const Engine<metric>& engine, Vectors queries, std::uint32_t k, std::uint32_t threads, Operation& operation) {
  k = std::min(k, engine.base().count);
  Calibration result{k, {}};
  operation.enter("exact neighbours", queries.count / 16.0);
  const std::vector<float> reach = true_reach(engine, queries, k, threads);
  operation.enter("calibrate", 40.0 * queries.count);
  std::uint32_t risen = 1;  // the last effort that found more than all before it
  double best = -1;
  const std::uint32_t most = std::min(most_calibrated_effort, engine.base().count);
  for (std::uint32_t effort = 1;; effort = std::min(next_rung(effort), most)) {
    result.points.push_back(measure_recall(engine, queries, reach, k, effort, threads));
    const double recall = result.points.back().recall;
    if (recall > best) best = recall, risen = effort;
    if (recall >= 0.9995 || effort == most || effort > std::max(256u, 4 * risen)) return result;
  }
}

// The least effort that, like all greater ones, has a lower bound of `target` or more. Throws BadArgument.
inline CalibrationPoint effort_for(const Calibration& calibration, double target, std::uint32_t k) {
  const auto written = [](double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return std::string(text);
  };
  if (!(target > 0 && target <= 1)) throw BadArgument("target_recall is " + written(target) + ": it must be above 0 and at most 1");
  if (calibration.points.empty()) {
    throw BadArgument("target_recall cannot be used, as the index was built without calibration: give an effort, or build with "
                      "calibration_queries or sample_queries");
  }
  if (k > calibration.k) {
    throw BadArgument("target_recall is calibrated for k up to " + std::to_string(calibration.k) + ", not " + std::to_string(k) +
                      ": give an effort, or build with calibration_k = " + std::to_string(k));
  }
  const CalibrationPoint* chosen = nullptr;
  for (auto point = calibration.points.rbegin(); point != calibration.points.rend() && point->low >= target; ++point) chosen = &*point;
  if (chosen) return *chosen;
  const auto& best = *std::max_element(calibration.points.begin(), calibration.points.end(),
                                       [](const auto& a, const auto& b) { return a.low < b.low; });
  throw BadArgument("target_recall " + written(target) + " cannot be promised: the best lower bound is " + written(best.low) +
                    " (recall " + written(best.recall) + ") at effort " + std::to_string(best.effort) +
                    "; ask for less, give an effort, or calibrate with more queries");
}

}  // namespace annvil
