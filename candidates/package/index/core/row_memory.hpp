// Where rows lie: on huge pages of this process, or in a mapped file.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

#include <annvil/memory.hpp>

namespace annvil {

class RowMemory {
 public:
  explicit RowMemory(HugeArray<float> rows) : rows_(std::move(rows)) {}
  // Takes a mapping of `bytes` bytes over.
  RowMemory(void* mapping, std::size_t bytes) : mapping_(mapping), mapped_bytes_(bytes) {}
  RowMemory(RowMemory&& other) noexcept
      : rows_(std::move(other.rows_)),
        mapping_(std::exchange(other.mapping_, nullptr)),
        mapped_bytes_(std::exchange(other.mapped_bytes_, 0)) {}
  RowMemory& operator=(RowMemory&&) = delete;
  ~RowMemory() {
    if (mapping_) munmap(mapping_, mapped_bytes_);
  }

  const float* data() const { return mapping_ ? static_cast<const float*>(mapping_) : rows_.data(); }
  std::size_t own_bytes() const { return rows_.size() * sizeof(float); }

 private:
  HugeArray<float> rows_;
  void* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
};

}  // namespace annvil
