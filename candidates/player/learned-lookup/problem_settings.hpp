// A problem as the harness names it to a training.
#pragma once

#include <annvil/learned-lookup/problem.hpp>
#include <annvil/learned/settings.hpp>

namespace annvil::lookup {

inline LookupProblem problem_of(const Settings& settings) {
  const auto whole = [&](const char* name) { return static_cast<std::uint32_t>(settings.whole(name)); };
  return {whole("points"),
          whole("dimension"),
          whole("lookups"),
          whole("extra"),
          {whole("width"), whole("heads"), whole("blocks"), whole("hidden")},
          whole("permute") != 0,
          whole("adaptive") != 0};
}

}  // namespace annvil::lookup
