// The C ABI for any processor: opens the library of the best instruction set that this one has, and hands every call on to it.
// The libraries lie beside the file that this is part of: PACKAGE_NAME-avx512.so, PACKAGE_NAME-avx2.so, PACKAGE_NAME-baseline.so.
// ANNVIL_LEVEL in the environment asks for one by name. Compiled for the plainest processor.
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <string>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "level.h"

namespace {

struct Level {
  const char* name;
  bool (*usable)();
};

#if defined(__x86_64__)
// x86-64-v3. Not asked for by that name, nor the last three by theirs, since compilers of a few years ago do not know them.
bool has_v3() {
  unsigned a = 0, b = 0, c = 0, d = 0, extended = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !__get_cpuid(0x80000001, &a, &b, &extended, &d)) return false;
  const bool movbe = c >> 22 & 1, f16c = c >> 29 & 1, lzcnt = extended >> 5 & 1;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && movbe && f16c && lzcnt;
}
#endif

constexpr Level levels[] = {
#if defined(__x86_64__)
    // x86-64-v4 with VNNI: Ice Lake, Zen 4 and later.
    {"avx512",
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
              __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni") &&
              has_v3();
     }},
    {"avx2", has_v3},
#endif
    {"baseline", [] { return true; }},
};

// What was opened, once; where nothing was, why.
struct Opened {
  const annvil_level_table* table = nullptr;
  const char* level = "";
  std::string fault;
};

// Folders where the libraries may lie: that of this file, by the name it was opened by and by its own.
std::string folder_of(std::string path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

const annvil_level_table* open_level(const Level& level, const char* self, std::string& fault) {
  char* real = realpath(self, nullptr);
  const std::string folders[] = {folder_of(self), folder_of(real ? real : self)};
  ::free(real);
  for (const std::string& folder : folders) {
    void* library = dlopen((folder + "/PACKAGE_NAME-" + level.name + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      fault = dlerror();
      continue;
    }
    using Entry = const annvil_level_table* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, "annvil_level_PACKAGE_NAME"));
    const annvil_level_table* table = entry ? entry() : nullptr;
    if (table && table->bytes == sizeof *table && strcmp(table->package, "PACKAGE_HASH") == 0) return table;
    fault = folder + "/PACKAGE_NAME-" + level.name + ".so is of another build of the package: put the files of one build side by side";
    dlclose(library);
    return nullptr;
  }
  return nullptr;
}

Opened open_best() {
  Opened opened;
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  Dl_info self{};
  static const char here = 0;
  if (dladdr(&here, &self) == 0) {
    opened.fault = "cannot find the file that this code is part of";
    return opened;
  }
  const char* asked = getenv("ANNVIL_LEVEL");
  if (asked && !*asked) asked = nullptr;
  std::string known;
  for (const Level& level : levels) {
    known += std::string(known.empty() ? "" : ", ") + level.name;
    if (asked && strcmp(asked, level.name) != 0) continue;
    if (!level.usable()) {
      if (asked) opened.fault = std::string("ANNVIL_LEVEL is ") + asked + ", which this processor cannot run: unset it";
      if (asked) return opened;
      continue;
    }
    opened.table = open_level(level, self.dli_fname, opened.fault);
    opened.level = level.name;
    if (opened.table || asked) return opened;
  }
  if (asked) opened.fault = std::string("ANNVIL_LEVEL is ") + asked + ": the levels are " + known;
  return opened;
}

const Opened& opened() {
  static const Opened once = open_best();
  return once;
}

const annvil_level_table* table() { return opened().table; }

}  // namespace

extern "C" {

annvil_status annvil_build(const float* rows, size_t count, uint32_t dimension, const annvil_build_options* options, annvil_index** out) {
  if (!table() && out) *out = nullptr;
  return table() ? table()->build(rows, count, dimension, options, out) : ANNVIL_UNSUPPORTED;
}

annvil_status annvil_save(const annvil_index* index, const char* path) {
  return table() ? table()->save(index, path) : ANNVIL_UNSUPPORTED;
}

annvil_status annvil_load(const char* path, const annvil_load_options* options, annvil_index** out) {
  if (!table() && out) *out = nullptr;
  return table() ? table()->load(path, options, out) : ANNVIL_UNSUPPORTED;
}

void annvil_free(annvil_index* index) {
  if (table()) table()->free(index);
}

annvil_status annvil_search(const annvil_index* index, const float* queries, size_t count, const annvil_search_options* options,
                            uint32_t* ids, float* distances) {
  return table() ? table()->search(index, queries, count, options, ids, distances) : ANNVIL_UNSUPPORTED;
}

annvil_status annvil_describe(const annvil_index* index, annvil_info* info) {
  return table() ? table()->describe(index, info) : ANNVIL_UNSUPPORTED;
}

annvil_status annvil_calibration(const annvil_index* index, annvil_calibration_point* points, size_t* count) {
  return table() ? table()->calibration(index, points, count) : ANNVIL_UNSUPPORTED;
}

annvil_status annvil_effort_for(const annvil_index* index, double target_recall, uint32_t k, annvil_calibration_point* chosen) {
  return table() ? table()->effort_for(index, target_recall, k, chosen) : ANNVIL_UNSUPPORTED;
}

const char* annvil_last_error(void) { return table() ? table()->last_error() : opened().fault.c_str(); }
const char* annvil_package(void) { return "PACKAGE_TITLE"; }
const char* annvil_level(void) { return opened().table ? opened().level : "none"; }

}  // extern "C"
