// Read-only views of the files that cross the sandbox's wall as file descriptors.
#pragma once

#include <sys/mman.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include <annvil/vectors.hpp>

namespace annvil {

// A whole file in memory, read-only. Owns the mapping, not the descriptor. Throws std::runtime_error.
class Mapping {
 public:
  Mapping() = default;
  Mapping(int fd, const std::string& what) {
    struct stat status{};
    if (fstat(fd, &status) != 0) throw std::runtime_error("cannot stat the " + what);
    size_ = static_cast<std::size_t>(status.st_size);
    void* address = size_ ? mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (address == MAP_FAILED) throw std::runtime_error("cannot map the " + what);
    data_ = static_cast<const std::byte*>(address);
  }
  Mapping(Mapping&& other) noexcept { *this = std::move(other); }
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Mapping() {
    if (data_) munmap(const_cast<std::byte*>(data_), size_);
  }

  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Head of a prepared vector file (.avec): little-endian, in a block of its own so that rows start on a page.
struct VectorFileHeader {
  char magic[8];  // "ANNVILV1"
  std::uint32_t metric;
  std::uint32_t count;
  std::uint32_t dimension;
  std::uint32_t stride;
  static constexpr std::size_t bytes = 4096;
};

struct VectorFile {
  Metric metric;
  Vectors vectors;  // borrowed from the mapping
};

// Throws std::runtime_error where the mapping is no whole vector file.
inline VectorFile vectors_of(const Mapping& mapping, const std::string& what) {
  VectorFileHeader header{};
  if (mapping.size() < VectorFileHeader::bytes) throw std::runtime_error(what + " is too short for a vector file");
  std::memcpy(&header, mapping.data(), sizeof header);
  if (std::memcmp(header.magic, "ANNVILV1", 8) != 0) throw std::runtime_error(what + " is no vector file");
  const std::size_t rows = std::size_t{header.count} * header.stride * sizeof(float);
  if (header.stride % 16 != 0 || header.dimension > header.stride || mapping.size() != VectorFileHeader::bytes + rows) {
    throw std::runtime_error(what + " is truncated or damaged");
  }
  const auto* data = reinterpret_cast<const float*>(mapping.data() + VectorFileHeader::bytes);
  return {static_cast<Metric>(header.metric), {data, header.count, header.dimension, header.stride}};
}

}  // namespace annvil
