// The words every part of the contract uses: metric, node ids, borrowed vectors, neighbours.
#pragma once

#include <cstddef>
#include <cstdint>

namespace annvil {

// Smaller is closer under both. inner_product is over rows and queries of unit length (angular), distance = -<a, b>.
enum class Metric : std::uint32_t { squared_l2 = 0, inner_product = 1 };

using NodeId = std::uint32_t;
inline constexpr NodeId no_node = ~NodeId{0};

// Borrowed, read-only rows. Row-major float32; every row starts on a 64-byte boundary because the stride is a multiple of
// 16 floats, and the floats between dimension and stride are zero in base rows and queries alike: a kernel may run over
// the whole stride and needs no tail.
struct Vectors {
  const float* data = nullptr;
  std::uint32_t count = 0;
  std::uint32_t dimension = 0;
  std::uint32_t stride = 0;

  const float* operator[](NodeId id) const { return data + std::size_t{id} * stride; }
};

struct Neighbour {
  float distance;
  NodeId id;
};

// Closest first; equal distances by id, so that every answer has one order.
inline bool operator<(const Neighbour& a, const Neighbour& b) {
  return a.distance < b.distance || (a.distance == b.distance && a.id < b.id);
}

}  // namespace annvil
