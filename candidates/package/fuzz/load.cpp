// Any bytes as an index file: what is loaded is safe to ask, or it is refused. For libFuzzer; replay.cpp runs it over files.
//
// An input that begins with 'r' is a file, byte by byte. Any other holds the parts of a file that is right in magic, places, sums and
// package, so that what lies behind these checks is reached:
//   metric (1 byte), dimension (1), rows (2), calibration points (1), words of the graph (2); then points, graph, and as many of the
//   rows' floats as are left, repeated to the end
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

namespace {

using namespace PACKAGE_NAME;
using Bytes = std::vector<unsigned char>;

class Input {
 public:
  Input(const unsigned char* data, std::size_t size) : data_(data), size_(size) {}

  // The next `bytes`, or as many as there are and zeros.
  Bytes take(std::size_t bytes) {
    Bytes taken(bytes);
    const std::size_t there = std::min(bytes, size_);
    if (there > 0) std::memcpy(taken.data(), data_, there);
    data_ += there;
    size_ -= there;
    return taken;
  }
  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const unsigned char byte : take(bytes)) value = value << 8 | byte;
    return value;
  }
  std::size_t left() const { return size_; }

 private:
  const unsigned char* data_;
  std::size_t size_;
};

Bytes bytes_of(const void* data, std::size_t size) {
  const auto* from = static_cast<const unsigned char*>(data);
  return Bytes(from, from + size);
}

Bytes assembled(Input input) {
  annvil::FileMeta meta{};
  std::memcpy(meta.package, package_name, sizeof package_name);
  std::memcpy(meta.hash, package_hash, sizeof package_hash);
  meta.metric = static_cast<std::uint32_t>(input.number(1));
  meta.dimension = static_cast<std::uint32_t>(input.number(1));
  meta.stride = annvil::stride_of(meta.dimension);
  meta.count = input.number(2) % 400;
  const std::size_t points = input.number(1), words = input.number(2);
  meta.calibration_k = points % 16;
  std::vector<Bytes> contents{bytes_of(&meta, sizeof meta), input.take(points * sizeof(annvil::FilePoint)), input.take(words * 4)};
  const Bytes pattern = input.take(std::max<std::size_t>(input.left() / 4 * 4, 4));
  Bytes rows(meta.count * meta.stride * 4);
  for (std::size_t i = 0, at = 0; i < meta.count; ++i) {
    for (std::size_t j = 0; j < meta.dimension; ++j, at = (at + 4) % pattern.size()) {
      std::memcpy(&rows[(i * meta.stride + j) * 4], &pattern[at], 4);
    }
  }
  contents.push_back(std::move(rows));

  annvil::FileHead head{};
  std::memcpy(head.magic, annvil::file_magic, sizeof head.magic);
  head.version = annvil::file_version;
  head.section_count = annvil::sections;
  Bytes file(sizeof head);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    annvil::SectionEntry& entry = head.entries[i];
    std::memcpy(entry.name, annvil::section_names[i], sizeof entry.name);
    entry.offset = file.size();
    entry.bytes = contents[i].size();
    file.insert(file.end(), contents[i].begin(), contents[i].end());
    file.resize(annvil::round_up(file.size(), annvil::file_page));
    entry.sum = annvil::crc32c(file.data() + entry.offset, file.size() - entry.offset);
  }
  head.bytes = file.size();
  head.sum = annvil::crc32c(&head, offsetof(annvil::FileHead, sum));
  std::memcpy(file.data(), &head, sizeof head);
  return file;
}

void ask(const Index& index) {
  std::vector<float> query(index.dimension());
  for (std::size_t i = 0; i < query.size(); ++i) query[i] = static_cast<float>(i % 7) - 3.5f;
  for (const std::uint32_t effort : {1u, 20u, 1000u}) {
    for (const std::uint32_t k : {1u, 10u, 500u}) {
      const auto hits = index.search(query, {.k = k, .effort = effort});
      if (hits.size() != std::min<std::size_t>(k, index.size())) __builtin_trap();
      for (const Hit& hit : hits) {
        if (hit.id >= index.size() || !(hit.distance >= 0)) __builtin_trap();
      }
    }
  }
  try {
    if (index.effort_for(0.9, 1).low < 0.9) __builtin_trap();
  } catch (const BadArgument&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes file = data[0] == 'r' ? Bytes(data + 1, data + size) : assembled(Input(data + 1, size - 1));
  const int fd = memfd_create("input", 0);
  if (fd < 0 || write(fd, file.data(), file.size()) != static_cast<ssize_t>(file.size())) __builtin_trap();
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  for (const bool map : {false, true}) {
    for (const bool skip : {false, true}) {
      try {
        ask(Index::load(path, {.map = map, .skip_checksum = skip}));
      } catch (const BadFile&) {
      }
    }
  }
  close(fd);
  return 0;
}
