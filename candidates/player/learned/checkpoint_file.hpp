// Checkpoints in two places of one file by turns, so that a training killed while it writes one still has the other.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include <annvil/learned/training.hpp>

namespace annvil {

// At each place: a head, then an archive. A descriptor that is no regular file (/dev/null) keeps nothing.
class CheckpointFile final : public Checkpoint {
 public:
  explicit CheckpointFile(int fd) : fd_(fd) {
    struct stat status{};
    kept_ = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  }

  std::size_t restore(const std::string& name, const Read& read) override {
    if (!kept_) return 0;
    Head newest{};
    std::string state;
    for (const std::size_t place : {std::size_t{0}, apart}) {
      Head head{};
      if (std::string text = whole(place, head); !text.empty() && head.turn > newest.turn) {
        newest = head;
        state = std::move(text);
      }
    }
    turn_ = std::max(turn_, newest.turn);
    if (state.empty() || name != newest.name) return 0;
    std::istringstream stream(state);
    torch::serialize::InputArchive archive;
    archive.load_from(stream);
    read(archive);
    return newest.step;
  }

  void save(const std::string& name, std::size_t step, const Write& write_state) override {
    if (!kept_ || std::chrono::steady_clock::now() - saved_ < std::chrono::seconds(20)) return;
    torch::serialize::OutputArchive archive;
    write_state(archive);
    std::ostringstream stream;
    archive.save_to(stream);
    const std::string state = stream.str();
    Head head{++turn_, step, state.size(), checksum(state), {}};
    if (name.size() >= sizeof head.name) throw std::runtime_error("no checkpoint can be named " + name);
    std::memcpy(head.name, name.data(), name.size());
    if (state.size() + sizeof head > apart) throw std::runtime_error("a checkpoint of more than a GiB");
    const std::size_t place = turn_ % 2 * apart;
    // The head comes last, and is wiped first: a place without one is unfinished. Nothing is flushed to the disk: what must be survived is the
    // death of this process, and what a machine's loses the checksum tells.
    const Head none{};
    if (!put(&none, sizeof none, place) || !put(state.data(), state.size(), place + sizeof head) || !put(&head, sizeof head, place)) {
      throw std::runtime_error("a checkpoint of the training cannot be written");
    }
    saved_ = std::chrono::steady_clock::now();
  }

 private:
  struct Head {
    std::uint64_t turn, step, bytes, checksum;
    char name[64];
  };

  static std::uint64_t checksum(const std::string& text) {
    std::uint64_t hash = 1469598103934665603u;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
  }

  bool put(const void* data, std::size_t bytes, std::size_t at) const {
    const auto* from = static_cast<const char*>(data);
    // The sandbox has no pwrite.
    if (lseek(fd_, static_cast<off_t>(at), SEEK_SET) < 0) return false;
    while (bytes > 0) {
      const ssize_t written = write(fd_, from, bytes);
      if (written <= 0) return false;
      from += written, bytes -= static_cast<std::size_t>(written);
    }
    return true;
  }

  // The archive of a whole checkpoint, or nothing.
  std::string whole(std::size_t place, Head& head) const {
    if (pread(fd_, &head, sizeof head, static_cast<off_t>(place)) != sizeof head || head.turn == 0 || head.bytes > apart) return {};
    head.name[sizeof head.name - 1] = '\0';
    std::string text(head.bytes, '\0');
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t got = pread(fd_, text.data() + at, text.size() - at, static_cast<off_t>(place + sizeof head + at));
      if (got <= 0) return {};
      at += static_cast<std::size_t>(got);
    }
    return checksum(text) == head.checksum ? text : std::string{};
  }

  // Bytes between the two places; what lies unused between them takes no room on the disk.
  static constexpr std::size_t apart = std::size_t{1} << 30;

  int fd_;
  bool kept_ = false;
  std::uint64_t turn_ = 0;
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace annvil
