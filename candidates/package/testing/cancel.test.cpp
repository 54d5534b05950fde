// An observer sees every phase rise to its end, and can stop any of them; what it throws reaches the caller.
#include <cstring>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

#include "oracle.hpp"

using namespace PACKAGE_NAME;

int main() {
  constexpr std::uint32_t dimension = 16;
  constexpr std::size_t count = 4000;
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> rows(count * dimension);
  for (float& value : rows) value = normal(random);

  std::map<std::string, double> phases;
  std::string last;
  BuildOptions options{.threads = 2, .calibration_queries = 100};
  options.progress = [&](const char* phase, double done) {
    REQUIRE(done >= 0 && done <= 1, "%s at %g", phase, done);
    if (last == phase) REQUIRE(done >= phases[phase], "%s falls from %g to %g", phase, phases[phase], done);
    last = phase;
    phases[phase] = done;
    return true;
  };
  const Index index = Index::build(rows.data(), count, dimension, options);
  for (const char* phase : {"read rows", "build without held-out rows", "exact neighbours", "calibrate", "build", "lay out"}) {
    REQUIRE(phases.count(phase) == 1, "%s was never told", phase);
  }

  // Stopped as each of them begins, and again later in it.
  for (const auto& [stop, reached] : phases) {
    for (const double from : {0.0, reached / 2}) {
      bool cancelled = false;
      options.progress = [&](const char* phase, double done) { return stop != phase || done < from; };
      try {
        Index::build(rows.data(), count, dimension, options);
      } catch (const Cancelled&) {
        cancelled = true;
      }
      // How often one is told within a phase is a matter of time, how it begins is not.
      REQUIRE(cancelled || from > 0, "%s goes on", stop.c_str());
    }
  }

  options.progress = [](const char*, double) -> bool { throw std::out_of_range("the caller's own"); };
  try {
    Index::build(rows.data(), count, dimension, options);
    REQUIRE(false, "what the observer threw is lost");
  } catch (const std::out_of_range& thrown) {
    REQUIRE(std::strcmp(thrown.what(), "the caller's own") == 0, "%s", thrown.what());
  }

  std::vector<std::uint32_t> ids(count * 3);
  try {
    index.search(rows.data(), count, {.k = 3, .effort = 50, .progress = [](const char*, double) { return false; }}, ids.data(), nullptr);
    REQUIRE(false, "a search goes on");
  } catch (const Cancelled&) {
  }
}
