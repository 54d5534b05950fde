// Memory whose pages and lines are where a search wants them.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace annvil {

// A zero-filled array of a trivial type on 2 MiB-aligned memory backed by huge pages where the system grants them: random
// access over ordinary 4 KiB pages spends its time in the TLB and varies by percents between processes. Owns; moves; does
// not copy. Throws std::bad_alloc.
template <class T>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  HugeArray() = default;
  explicit HugeArray(std::size_t size) : size_(size) {
    if (size == 0) return;
    // mmap aligns to 4 KiB only, so take 2 MiB more and give the ends back.
    const std::size_t wanted = bytes();
    void* raw = mmap(nullptr, wanted + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) throw std::bad_alloc();
    const auto start = reinterpret_cast<std::uintptr_t>(raw);
    const auto aligned = (start + page - 1) / page * page;
    if (aligned > start) munmap(raw, aligned - start);
    if (start + page > aligned) munmap(reinterpret_cast<void*>(aligned + wanted), start + page - aligned);
    data_ = reinterpret_cast<T*>(aligned);
    madvise(data_, wanted, MADV_HUGEPAGE);
#if defined(__SANITIZE_ADDRESS__)
    // The rest of the last page is there, but nobody's: AddressSanitizer shall see who goes there.
    __asan_poison_memory_region(data_ + size_, wanted - size_ * sizeof(T));
#endif
  }
  HugeArray(HugeArray&& other) noexcept { swap(other); }
  HugeArray& operator=(HugeArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~HugeArray() {
    if (!data_) return;
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(data_, bytes());
#endif
    munmap(data_, bytes());
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  static constexpr std::size_t page = std::size_t{2} << 20;
  std::size_t bytes() const { return (size_ * sizeof(T) + page - 1) / page * page; }
  void swap(HugeArray& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

inline constexpr std::size_t cache_line = 64;

// Asks for the first `lines` cache lines at `address`, into all levels.
inline void prefetch(const void* address, std::size_t lines = 1) {
  for (std::size_t i = 0; i < lines; ++i) {
    __builtin_prefetch(static_cast<const char*>(address) + i * cache_line, 0, 3);
  }
}

// Rounds up to a multiple, for layouts that keep rows on line boundaries.
constexpr std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace annvil
