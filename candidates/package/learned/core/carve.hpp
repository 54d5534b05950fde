// Parts of one piece of scratch memory.
#pragma once

#include <cstddef>
#include <span>

#include <annvil/memory.hpp>

namespace annvil {

// Hands out arrays on cache lines, one after another; over no memory at all it only adds up what they take.
class Carve {
 public:
  explicit Carve(std::byte* memory = nullptr) : memory_(memory) {}

  template <class T>
  std::span<T> array(std::size_t count) {
    auto* at = memory_ ? reinterpret_cast<T*>(memory_ + bytes_) : nullptr;
    bytes_ += round_up(count * sizeof(T), cache_line);
    return {at, count};
  }
  std::size_t bytes() const { return bytes_; }

 private:
  std::byte* memory_;
  std::size_t bytes_ = 0;
};

}  // namespace annvil
