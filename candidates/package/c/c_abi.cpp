// The C ABI over the header-only index, for the one instruction set that this is compiled for. ANNVIL_LEVEL_NAME says which.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <type_traits>

#include <PACKAGE_NAME/index.hpp>

#include "level.h"

struct annvil_index {
  PACKAGE_NAME::Index index;
};

namespace {

namespace package = PACKAGE_NAME;

// Of this thread. No std::string: this must work where memory has run out.
thread_local char last_error[1024] = "";

annvil_status failed(annvil_status status, const char* why) {
  std::snprintf(last_error, sizeof last_error, "%s", why);
  return status;
}

// Nothing is thrown across a C ABI.
template <class Act>
annvil_status guarded(Act&& act) noexcept {
  try {
    act();
    return ANNVIL_OK;
  } catch (const package::BadArgument& failure) {
    return failed(ANNVIL_BAD_ARGUMENT, failure.what());
  } catch (const package::BadFile& failure) {
    return failed(ANNVIL_BAD_FILE, failure.what());
  } catch (const package::InputOutput& failure) {
    return failed(ANNVIL_IO, failure.what());
  } catch (const package::Cancelled& failure) {
    return failed(ANNVIL_CANCELLED, failure.what());
  } catch (const package::Unsupported& failure) {
    return failed(ANNVIL_UNSUPPORTED, failure.what());
  } catch (const std::bad_alloc&) {
    return failed(ANNVIL_OUT_OF_MEMORY, "memory has run out");
  } catch (const std::exception& failure) {
    return failed(ANNVIL_INTERNAL, failure.what());
  } catch (...) {
    return failed(ANNVIL_INTERNAL, "something was thrown that is no exception");
  }
}

void require(const void* pointer, const char* name) {
  if (!pointer) throw package::BadArgument(std::string(name) + " must not be null");
}

// The caller's options, which may be of an older header (shorter) or a newer one, as long as it asks for nothing new.
template <class Options>
Options copied(const Options* options, const char* name) {
  static_assert(std::is_trivially_copyable_v<Options>);
  Options copy{};
  std::size_t size = 0;
  std::uint32_t said = 0;
  std::memcpy(&said, options, sizeof said);
  size = said;
  if (size < sizeof said || size > 4096) {
    throw package::BadArgument(std::string(name) + "->struct_size is " + std::to_string(size) + ": set it to sizeof(*" + name + ")");
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(options);
  if (size > sizeof copy && std::any_of(bytes + sizeof copy, bytes + size, [](unsigned char byte) { return byte != 0; })) {
    throw package::BadArgument(std::string(name) + " asks for what this version of the package does not know");
  }
  std::memcpy(&copy, options, std::min(size, sizeof copy));
  return copy;
}

package::Progress watching(const annvil_observer& observer) {
  if (!observer.progress) return {};
  return [observer](const char* phase, double done) { return observer.progress(observer.context, phase, done) == 0; };
}

annvil_status build(const float* rows, size_t count, uint32_t dimension, const annvil_build_options* options, annvil_index** out) {
  return guarded([&] {
    require(out, "out");
    *out = nullptr;
    package::BuildOptions wanted;
    if (options) {
      const annvil_build_options given = copied(options, "options");
      wanted.metric = static_cast<package::Metric>(given.metric);
      wanted.threads = given.threads;
      wanted.seed = given.seed;
      if (given.max_degree != 0) wanted.max_degree = given.max_degree;
      wanted.calibration_queries = given.calibration_queries;
      if (given.calibration_k != 0) wanted.calibration_k = given.calibration_k;
      wanted.sample_queries = given.sample_queries;
      wanted.sample_count = given.sample_count;
      wanted.progress = watching(given.observer);
    }
    *out = new annvil_index{package::Index::build(rows, count, dimension, wanted)};
  });
}

annvil_status save(const annvil_index* index, const char* path) {
  return guarded([&] {
    require(index, "index");
    require(path, "path");
    index->index.save(path);
  });
}

annvil_status load(const char* path, const annvil_load_options* options, annvil_index** out) {
  return guarded([&] {
    require(out, "out");
    *out = nullptr;
    require(path, "path");
    package::LoadOptions wanted;
    if (options) {
      const annvil_load_options given = copied(options, "options");
      wanted = {.map = given.map != 0, .skip_checksum = given.skip_checksum != 0, .progress = watching(given.observer)};
    }
    *out = new annvil_index{package::Index::load(path, wanted)};
  });
}

void free_index(annvil_index* index) { delete index; }

annvil_status search(const annvil_index* index, const float* queries, size_t count, const annvil_search_options* options,
                     uint32_t* ids, float* distances) {
  return guarded([&] {
    require(index, "index");
    require(options, "options");
    const annvil_search_options given = copied(options, "options");
    const package::SearchOptions wanted{.k = given.k, .effort = given.effort, .target_recall = given.target_recall,
                                        .threads = given.threads, .progress = watching(given.observer),
                                        .compared = given.compared};
    index->index.search(queries, count, wanted, ids, distances);
  });
}

annvil_status describe(const annvil_index* index, annvil_info* info) {
  return guarded([&] {
    require(index, "index");
    require(info, "info");
    annvil_info told = copied(info, "info");
    told.count = index->index.size();
    told.dimension = index->index.dimension();
    told.metric = static_cast<annvil_metric>(index->index.metric());
    told.calibration_k = index->index.calibration().empty() ? 0 : index->index.calibration_k();
    told.memory_bytes = index->index.memory_bytes();
    told.package = package::package_name;
    told.level = ANNVIL_LEVEL_NAME;
    std::memcpy(info, &told, std::min<std::size_t>(told.struct_size, sizeof told));
  });
}

annvil_calibration_point point_of(const package::CalibrationPoint& point) { return {point.effort, point.recall, point.low, point.high}; }

annvil_status calibration(const annvil_index* index, annvil_calibration_point* points, size_t* count) {
  return guarded([&] {
    require(index, "index");
    require(count, "count");
    const auto& known = index->index.calibration();
    const std::size_t room = *count;
    if (room > 0) require(points, "points");
    std::transform(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(std::min(room, known.size())), points, point_of);
    *count = known.size();
  });
}

annvil_status effort_for(const annvil_index* index, double target_recall, uint32_t k, annvil_calibration_point* chosen) {
  return guarded([&] {
    require(index, "index");
    require(chosen, "chosen");
    *chosen = point_of(index->index.effort_for(target_recall, k));
  });
}

const char* last_error_of_thread() { return last_error; }

// Dispatcher and level are of one package where this is the same text.
constexpr annvil_level_table table{
    .bytes = sizeof(annvil_level_table),
    .build = build,
    .save = save,
    .load = load,
    .free = free_index,
    .search = search,
    .describe = describe,
    .calibration = calibration,
    .effort_for = effort_for,
    .last_error = last_error_of_thread,
    .package = package::package_hash,
};

}  // namespace

extern "C" ANNVIL_API const annvil_level_table* ANNVIL_LEVEL_SYMBOL() { return &table; }
