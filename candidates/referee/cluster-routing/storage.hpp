// Clusters on a real disk: each begins on a page and is read with one call that goes past the page cache.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "exam.hpp"

namespace annvil::referee {

class Storage {
 public:
  // Writes the clusters' rows, float32, to a file in `folder` that has no name any more once this returns. Throws std::runtime_error.
  Storage(const std::string& folder, const Vectors& base, const Clusters& clusters)
      : dimension_(base.dimension), row_bytes_(std::size_t{base.dimension} * sizeof(float)) {
    std::string path = folder + "/clusters-XXXXXX";
    Descriptor file(mkostemp(path.data(), O_CLOEXEC));
    if (file.get() < 0) throw std::runtime_error("cannot write to " + folder + ": " + std::strerror(errno));
    std::size_t end = 0;
    for (const auto& members : clusters.members) {
      places_.push_back({end, members.size()});
      Page pages(stored_bytes(members.size(), dimension_));
      for (std::size_t i = 0; i < members.size(); ++i) std::memcpy(pages.data() + i * row_bytes_, base[members[i]], row_bytes_);
      if (pages.size() > 0 &&
          pwrite(file.get(), pages.data(), pages.size(), static_cast<off_t>(end)) != static_cast<ssize_t>(pages.size())) {
        unlink(path.c_str());
        throw std::runtime_error("no room for the clusters in " + folder);
      }
      end += pages.size();
    }
    fsync(file.get());
    file_ = Descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT));
    direct_ = file_.get() >= 0;
    if (!direct_) file_ = Descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    unlink(path.c_str());
    if (file_.get() < 0) throw std::runtime_error("cannot read the clusters in " + folder);
  }

  // Whether reads go past the page cache (O_DIRECT); else its pages are dropped before each (posix_fadvise).
  bool direct() const { return direct_; }
  std::size_t reads() const { return reads_; }
  std::size_t bytes() const { return bytes_; }
  std::size_t vectors() const { return vectors_; }
  double seconds() const { return seconds_; }

  // Reads a cluster and hands its rows, without padding, to `each(const float* row)`. Throws std::runtime_error.
  template <class Each>
  void fetch(std::uint32_t cluster, Each&& each) {
    const Place& place = places_[cluster];
    if (place.count == 0) return;
    Page pages(stored_bytes(place.count, dimension_));
    if (!direct_) posix_fadvise(file_.get(), static_cast<off_t>(place.offset), static_cast<off_t>(pages.size()), POSIX_FADV_DONTNEED);
    const auto before = std::chrono::steady_clock::now();
    if (pread(file_.get(), pages.data(), pages.size(), static_cast<off_t>(place.offset)) != static_cast<ssize_t>(pages.size())) {
      throw std::runtime_error(std::string("cannot read a cluster: ") + std::strerror(errno));
    }
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    ++reads_;
    bytes_ += pages.size();
    vectors_ += place.count;
    for (std::size_t i = 0; i < place.count; ++i) each(reinterpret_cast<const float*>(pages.data() + i * row_bytes_));
  }

 private:
  struct Place {
    std::size_t offset, count;
  };
  // Memory on a page boundary, as O_DIRECT wants it.
  class Page {
   public:
    explicit Page(std::size_t bytes) : memory_(static_cast<std::byte*>(bytes ? std::aligned_alloc(storage_page, bytes) : nullptr)), size_(bytes) {
      if (bytes && !memory_) throw std::bad_alloc();
      if (bytes) std::memset(memory_.get(), 0, bytes);
    }
    std::byte* data() { return memory_.get(); }
    std::size_t size() const { return size_; }

   private:
    struct Free {
      void operator()(std::byte* memory) const { std::free(memory); }
    };
    std::unique_ptr<std::byte, Free> memory_;
    std::size_t size_;
  };

  std::uint32_t dimension_;
  std::size_t row_bytes_;
  std::vector<Place> places_;
  Descriptor file_;
  bool direct_ = false;
  std::size_t reads_ = 0, bytes_ = 0, vectors_ = 0;
  double seconds_ = 0;
};

}  // namespace annvil::referee
