// A file that may be anything: every read is bounded.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>

#include "../errors.hpp"
#include "output_file.hpp"

namespace annvil {

class InputFile {
 public:
  // Throws InputOutput, BadFile where it is no ordinary file.
  explicit InputFile(const std::string& path) : path_(path), fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) system_failed("cannot open " + path, errno);
    struct stat status{};
    if (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) {
      close(fd_);
      throw BadFile(path + " is no ordinary file");
    }
    size_ = static_cast<std::size_t>(status.st_size);
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() { close(fd_); }

  std::size_t size() const { return size_; }

  [[noreturn]] void refuse(const std::string& why) const { throw BadFile(path_ + " " + why); }

  // Throws BadFile where the file ends before, InputOutput.
  void read(std::size_t offset, std::size_t bytes, void* to) const {
    auto* at = static_cast<char*>(to);
    while (bytes > 0) {
      const ssize_t got = pread(fd_, at, std::min<std::size_t>(bytes, std::size_t{1} << 30), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) system_failed("cannot read " + path_, errno);
      if (got == 0) refuse("is truncated");
      at += got;
      offset += static_cast<std::size_t>(got);
      bytes -= static_cast<std::size_t>(got);
    }
  }

  // Read-only. offset: on a page. bytes > 0. Throws InputOutput.
  void* map(std::size_t offset, std::size_t bytes) const {
    void* memory = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd_, static_cast<off_t>(offset));
    if (memory == MAP_FAILED) system_failed("cannot map " + path_, errno);
    return memory;
  }

 private:
  std::string path_;
  int fd_;
  std::size_t size_ = 0;
};

}  // namespace annvil
