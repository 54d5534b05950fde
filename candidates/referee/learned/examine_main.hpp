// What every examining program's main() does: one JSON request on standard input, one JSON answer on standard output.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>

#include <nlohmann/json.hpp>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include "../../player/mapping.hpp"
#include "examinee.hpp"

namespace annvil::referee {

using Json = nlohmann::json;

// The candidate's own failure: something that its trained index must not be. `limit` and `used` in the resource's unit.
struct OverLimit {
  std::string resource;  // of core/outcome.ts: LimitedResource
  double limit, used;
};

inline Descriptor open_file(const std::string& path) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw std::runtime_error("cannot open " + path + ": " + std::strerror(errno));
  return file;
}

inline Mapping map_file(const std::string& path) { return Mapping(open_file(path).get(), path); }

// Runs what reads a trained index: whatever is wrong with it is the fault of the candidate that wrote it.
template <class Read>
auto fault_of_candidate(Read&& read) {
  try {
    return read();
  } catch (const std::runtime_error& damage) {
    throw Failure{"tampered", damage.what(), "damaged-index", 0};
  }
}

// `examine(const Json& request)` returns {kind: "examined", points, facts}. Failures become {kind: "failed", ...} as the graph's referee says
// them, {kind: "over-limit", resource, limit, used} or {kind: "error", detail}: the first two are the candidate's, the last is ours.
template <class Examine>
int examine_main(Examine&& examine) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Json answer;
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    answer = examine(Json::parse(text));
  } catch (const Failure& failure) {
    answer = {{"kind", "failed"}, {"how", failure.kind}, {"detail", failure.detail}, {"signal", failure.signal}, {"limitSeconds", failure.limit_seconds}};
  } catch (const OverLimit& over) {
    answer = {{"kind", "over-limit"}, {"resource", over.resource}, {"limit", over.limit}, {"used", over.used}};
  } catch (const std::exception& failure) {
    answer = {{"kind", "error"}, {"detail", failure.what()}};
  }
  std::cout << answer.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  return 0;
}

// Says how far a long examination is: a line on standard error that the harness reads.
inline void report_progress(std::size_t done, std::size_t total) { std::fprintf(stderr, "progress %zu %zu\n", done, total); }

}  // namespace annvil::referee
