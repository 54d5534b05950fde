// An approximate nearest-neighbour index: build, search, save, load. Header-only; needs C++20, Linux and threads.
//
//   auto index = PACKAGE_NAME::Index::build(rows, count, dimension, {.metric = PACKAGE_NAME::Metric::euclidean});
//   auto hits = index.search(query, {.k = 10, .target_recall = 0.95});   // ids and distances, closest first
//   index.save("my.index");
//   auto again = PACKAGE_NAME::Index::load("my.index", {.map = true});
//
// The instruction set is the one this is compiled for (-march=native); the C ABI (PACKAGE_NAME.h) chooses at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/batch.hpp"
#include "core/calibration.hpp"
#include "core/index_build.hpp"
#include "core/load.hpp"
#include "core/save.hpp"
#include "core/structure.hpp"
#include "errors.hpp"
#include "options.hpp"
#include "package.hpp"

namespace PACKAGE_NAME {

struct Hit {
  std::uint32_t id;
  float distance;  // squared L2, or 1 - cosine
};

// Immutable: any number of threads may search it at once. Moves; does not copy.
class Index {
  template <annvil::Metric metric>
  using EnginePointer = std::unique_ptr<annvil::Engine<metric>>;

  template <class Use>
  auto visit(Use&& use) const {
    return std::visit([&](const auto& engine) { return use(*engine); }, engine_);
  }

 public:
  // What build and load make.
  template <annvil::Metric metric>
  Index(EnginePointer<metric> engine, annvil::Calibration calibration) : engine_(std::move(engine)), calibration_(std::move(calibration)) {}

  // rows [count x dimension], row-major, borrowed for the call. Throws BadArgument, Cancelled, std::bad_alloc.
  static Index build(const float* rows, std::size_t count, std::uint32_t dimension, const BuildOptions& options = {}) {
    const auto built = [&](auto made) { return Index(std::move(made.engine), std::move(made.calibration)); };
    if (options.metric == Metric::angular) {
      return built(annvil::build_index<annvil::Metric::inner_product>(rows, count, dimension, options));
    }
    if (options.metric != Metric::euclidean) throw BadArgument("metric must be euclidean (0) or angular (1)");
    return built(annvil::build_index<annvil::Metric::squared_l2>(rows, count, dimension, options));
  }

  // Throws BadFile, InputOutput, Cancelled, std::bad_alloc.
  static Index load(const std::string& path, const LoadOptions& options = {}) {
    annvil::Operation operation(options.progress);
    operation.enter("read", 1);
    const annvil::InputFile file(path);
    const annvil::FileFrame frame = annvil::read_frame(file);
    annvil::Calibration calibration = annvil::read_calibration(file, frame);
    annvil::Structure structure = annvil::read_structure(file, frame, !options.skip_checksum);
    annvil::RowMemory rows = annvil::read_rows(file, frame, options.map, !options.skip_checksum);
    operation.enter("lay out", 1);
    const annvil::Vectors shape{nullptr, static_cast<std::uint32_t>(frame.meta.count), frame.meta.dimension, frame.meta.stride};
    const auto loaded = [&]<annvil::Metric metric>() {
      return Index(std::make_unique<annvil::Engine<metric>>(std::move(rows), shape, std::move(structure)), std::move(calibration));
    };
    return frame.meta.metric == 0 ? loaded.template operator()<annvil::Metric::squared_l2>()
                                  : loaded.template operator()<annvil::Metric::inner_product>();
  }

  // Atomic: what is at `path` stays as it is until the new file is whole and on the disk. Throws InputOutput.
  void save(const std::string& path) const {
    visit([&](const auto& engine) { annvil::save_engine(engine, calibration_, path); });
  }

  // queries [count x dimension]; ids [count x k], closest first, no_id where fewer than k rows exist; distances [count x k], exact,
  // infinite where there is no id; or null. After a failure both hold anything. Throws BadArgument, Cancelled, std::bad_alloc.
  void search(const float* queries, std::size_t count, const SearchOptions& options, std::uint32_t* ids, float* distances) const {
    const annvil::Order order = ordered(options);
    if (count > 0 && (!queries || !ids)) throw BadArgument("queries and ids must not be null");
    visit([&](const auto& engine) { annvil::answer_batch(engine, {"queries", queries, count, dimension()}, order, options, ids, distances); });
  }

  // Throws BadArgument where the query has not `dimension` values, as above.
  std::vector<Hit> search(std::span<const float> query, const SearchOptions& options) const {
    if (query.size() != dimension()) {
      throw BadArgument("the query has " + std::to_string(query.size()) + " values, and the index " + std::to_string(dimension()) + " dimensions");
    }
    const std::size_t k = std::min<std::size_t>(options.k, size());
    SearchOptions bounded = options;
    if (options.k > 0) bounded.k = static_cast<std::uint32_t>(k);
    std::vector<std::uint32_t> ids(k);
    std::vector<float> distances(k);
    search(query.data(), 1, bounded, ids.data(), distances.data());
    std::vector<Hit> hits(k);
    for (std::size_t i = 0; i < k; ++i) hits[i] = {ids[i], distances[i]};
    return hits;
  }

  // The least effort whose lower bound reaches the target. Throws BadArgument that names the best that can be promised.
  CalibrationPoint effort_for(double target_recall, std::uint32_t k = 10) const {
    if (k == 0) throw BadArgument("k is 0: it must be at least 1");
    const auto wanted = static_cast<std::uint32_t>(std::min<std::size_t>(k, size()));
    // Where all rows are compared any effort finds everything.
    if (target_recall > 0 && target_recall <= 1 && visit([&](const auto& engine) { return engine.plan(wanted, 1).exhaustive; })) {
      return {1, 1, 1, 1};
    }
    return annvil::effort_for(calibration_, target_recall, wanted);
  }

  // Ascending in effort; empty where the index was built without.
  const std::vector<CalibrationPoint>& calibration() const { return calibration_.points; }
  std::uint32_t calibration_k() const { return calibration_.k; }

  std::size_t size() const {
    return visit([](const auto& engine) { return std::size_t{engine.base().count}; });
  }
  std::uint32_t dimension() const {
    return visit([](const auto& engine) { return engine.base().dimension; });
  }
  Metric metric() const { return engine_.index() == 0 ? Metric::euclidean : Metric::angular; }
  // Of this process; without what stays in a mapped file.
  std::size_t memory_bytes() const {
    return visit([](const auto& engine) { return engine.memory_bytes(); });
  }

 private:
  annvil::Order ordered(const SearchOptions& options) const {
    if (options.k == 0) throw BadArgument("k is 0: it must be at least 1");
    const auto wanted = static_cast<std::uint32_t>(std::min<std::size_t>(options.k, size()));
    if (options.effort > 0) return {options.k, wanted, options.effort};
    if (options.target_recall == 0) throw BadArgument("effort and target_recall are both 0: give one of them");
    const CalibrationPoint chosen = effort_for(options.target_recall, options.k);
    // As many as were asked for when recall was measured, since the same effort may find less where fewer are asked for.
    return {options.k, std::max(wanted, std::min(calibration_.k, static_cast<std::uint32_t>(size()))), chosen.effort};
  }

  std::variant<EnginePointer<annvil::Metric::squared_l2>, EnginePointer<annvil::Metric::inner_product>> engine_;
  annvil::Calibration calibration_;
};

}  // namespace PACKAGE_NAME
