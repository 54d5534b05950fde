// A file that is either there whole or not at all.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "../errors.hpp"

namespace annvil {

[[noreturn]] inline void system_failed(const std::string& what, int error) {
  throw InputOutput(what + ": " + std::generic_category().message(error));
}

// Written beside its path under another name; `commit` brings it to the disk and puts it in its place. Until then, and after any
// failure, what was at the path stays as it was. Throws InputOutput.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path) : path_(path) {
    static std::atomic<unsigned> number{0};
    // A killed save of an earlier process with the same number may have left its file: in a container that number is always 1.
    do {
      unfinished_ = path + "." + std::to_string(getpid()) + "-" + std::to_string(number++) + ".unfinished";
      fd_ = open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (fd_ < 0 && errno == EEXIST);
    if (fd_ < 0) system_failed("cannot create " + unfinished_, errno);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() {
    if (fd_ >= 0) close(fd_);
    if (!unfinished_.empty()) unlink(unfinished_.c_str());
  }

  std::size_t size() const { return size_; }

  void append(const void* data, std::size_t bytes) {
    write_at(data, bytes, size_);
    size_ += bytes;
  }

  void write_at(const void* data, std::size_t bytes, std::size_t offset) {
    const auto* from = static_cast<const char*>(data);
    while (bytes > 0) {
      const ssize_t written = pwrite(fd_, from, std::min<std::size_t>(bytes, std::size_t{1} << 30), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) system_failed("cannot write " + path_, written < 0 ? errno : ENOSPC);
      from += written;
      offset += static_cast<std::size_t>(written);
      bytes -= static_cast<std::size_t>(written);
    }
  }

  void commit() {
    if (fsync(fd_) != 0) system_failed("cannot write " + path_, errno);
    if (close(std::exchange(fd_, -1)) != 0) system_failed("cannot write " + path_, errno);
    if (std::rename(unfinished_.c_str(), path_.c_str()) != 0) system_failed("cannot put " + path_ + " in place", errno);
    unfinished_.clear();
    // Else a power cut could bring the old name back. Not all file systems can.
    const std::size_t slash = path_.find_last_of('/');
    const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
    const int parent = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent >= 0) {
      fsync(parent);
      close(parent);
    }
  }

 private:
  std::string path_, unfinished_;
  int fd_ = -1;
  std::size_t size_ = 0;
};

}  // namespace annvil
