// Framed messages over a socket, as a served index and the referee exchange them: uint32 length, then so many bytes.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace annvil {

// Descriptors that a served index inherits.
namespace serve_fd {
inline constexpr int index = 3;   // the sections file, read-only
inline constexpr int socket = 4;
}  // namespace serve_fd

using Message = std::vector<std::byte>;

inline constexpr std::uint32_t longest_message = 1u << 30;

// Appends values to a message.
template <class T>
  requires std::is_trivially_copyable_v<T>
void append(Message& message, std::span<const T> values) {
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  message.insert(message.end(), bytes, bytes + values.size_bytes());
}
template <class T>
  requires std::is_trivially_copyable_v<T>
void append(Message& message, const T& value) {
  append(message, std::span<const T>(&value, 1));
}

// Takes values from the front of what is left of a message. Throws std::runtime_error where it is too short.
template <class T>
  requires std::is_trivially_copyable_v<T>
std::vector<T> take(std::span<const std::byte>& left, std::size_t count) {
  if (count > left.size() / sizeof(T)) throw std::runtime_error("a message is too short");
  std::vector<T> values(count);
  std::memcpy(values.data(), left.data(), count * sizeof(T));
  left = left.subspan(count * sizeof(T));
  return values;
}

// The served side of the exchange: blocking. Throws std::runtime_error where the other end is gone.
class Exchange {
 public:
  explicit Exchange(int fd = serve_fd::socket) : fd_(fd) {}

  // False where the referee has no more to ask.
  bool receive(Message& message) {
    std::uint32_t length = 0;
    if (!get(&length, sizeof length)) return false;
    if (length > longest_message) throw std::runtime_error("a message is too long");
    message.resize(length);
    if (length > 0 && !get(message.data(), length)) throw std::runtime_error("a message ended early");
    return true;
  }

  void send(std::span<const std::byte> message) {
    const auto length = static_cast<std::uint32_t>(message.size());
    put(&length, sizeof length);
    put(message.data(), message.size());
  }

 private:
  bool get(void* to, std::size_t bytes) {
    auto* at = static_cast<char*>(to);
    while (bytes > 0) {
      const ssize_t got = read(fd_, at, bytes);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      at += got, bytes -= static_cast<std::size_t>(got);
    }
    return true;
  }
  void put(const void* from, std::size_t bytes) {
    const auto* at = static_cast<const char*>(from);
    while (bytes > 0) {
      const ssize_t written = write(fd_, at, bytes);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw std::runtime_error("the referee is gone");
      at += written, bytes -= static_cast<std::size_t>(written);
    }
  }

  int fd_;
};

}  // namespace annvil
