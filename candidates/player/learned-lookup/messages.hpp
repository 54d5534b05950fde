// What the referee asks a served learned lookup. Each question holds all that its answer may depend on.
#pragma once

#include <cstdint>

namespace annvil::lookup {

enum class Question : std::uint32_t {
  // uint32 count; count datasets of points * in floats. Answer: points * out floats each.
  rank,
  // uint32 count; count arranged datasets. Answer: the extra vectors of each.
  write_extra,
  // uint32 lookup, uint32 count; count inputs of that lookup's model. Answer: a uint32 position each.
  look,
};

}  // namespace annvil::lookup
