// Bytes that lie elsewhere, as the graph image's reader wants them.
#pragma once

#include <cstddef>

namespace annvil {

class Mapping {
 public:
  Mapping(const std::byte* data, std::size_t size) : data_(data), size_(size) {}

  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  const std::byte* data_;
  std::size_t size_;
};

}  // namespace annvil
