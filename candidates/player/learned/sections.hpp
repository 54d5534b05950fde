// A sections file: named arrays, as a training writes them and the served index and the referee read them.
//
// Little-endian: magic "ANNVSEC1", uint32 count, uint32 0; then a table of `count` entries; then each array, 64-byte aligned.
#pragma once

#include <unistd.h>

#include <array>
#include <cstring>
#include <map>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "../mapping.hpp"

namespace annvil {

enum class SectionType : std::uint32_t { u32 = 1, f32 = 2 };

// Up to four dimensions; the unused are 1.
using SectionShape = std::array<std::uint64_t, 4>;

struct SectionEntry {
  char name[32];
  SectionType type;
  std::uint32_t zero;
  SectionShape shape;
  std::uint64_t offset;  // bytes from the beginning of the file
};

inline constexpr char sections_magic[] = "ANNVSEC1";
inline constexpr std::size_t sections_head_bytes = 16;

template <class T>
concept SectionValue = std::is_same_v<T, std::uint32_t> || std::is_same_v<T, float>;

template <SectionValue T>
inline constexpr SectionType section_type = std::is_same_v<T, float> ? SectionType::f32 : SectionType::u32;

class SectionsWriter {
 public:
  // `shape`: its product is the number of values; empty for a plain list.
  template <SectionValue T>
  void add(const std::string& name, std::span<const T> values, std::vector<std::uint64_t> shape = {}) {
    if (name.empty() || name.size() >= sizeof SectionEntry::name || shape.size() > 4) throw std::runtime_error("no section can be named " + name);
    if (shape.empty()) shape = {values.size()};
    Section section{name, section_type<T>, {1, 1, 1, 1}, {}};
    std::copy(shape.begin(), shape.end(), section.shape.begin());
    if (std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>()) != values.size()) {
      throw std::runtime_error("the section " + name + " has other values than its shape says");
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
    section.bytes.assign(bytes, bytes + values.size_bytes());
    sections_.push_back(std::move(section));
  }

  // Throws std::runtime_error where the file cannot take it.
  void write_to(int fd) const {
    std::vector<std::byte> head(aligned(sections_head_bytes + sections_.size() * sizeof(SectionEntry)));
    const auto count = static_cast<std::uint32_t>(sections_.size());
    std::memcpy(head.data(), sections_magic, 8);
    std::memcpy(head.data() + 8, &count, sizeof count);
    std::uint64_t offset = head.size();
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      SectionEntry entry{{}, sections_[i].type, 0, sections_[i].shape, offset};
      std::memcpy(entry.name, sections_[i].name.c_str(), sections_[i].name.size());
      std::memcpy(head.data() + sections_head_bytes + i * sizeof entry, &entry, sizeof entry);
      offset += aligned(sections_[i].bytes.size());
    }
    put(fd, head);
    for (const Section& section : sections_) {
      put(fd, section.bytes);
      put(fd, std::vector<std::byte>(aligned(section.bytes.size()) - section.bytes.size()));
    }
  }

 private:
  struct Section {
    std::string name;
    SectionType type;
    SectionShape shape;
    std::vector<std::byte> bytes;
  };

  static std::uint64_t aligned(std::uint64_t bytes) { return (bytes + 63) / 64 * 64; }

  static void put(int fd, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(fd, bytes.data(), bytes.size());
      if (written <= 0) throw std::runtime_error("the trained index does not fit the space it is allowed");
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }

  std::vector<Section> sections_;
};

// Borrowed views into a mapped sections file; the mapping outlives it. Nothing that the file says is believed unchecked.
class Sections {
 public:
  // Throws std::runtime_error where the file is no whole sections file.
  explicit Sections(const Mapping& file) {
    std::uint32_t count = 0;
    require(file.size() >= sections_head_bytes && std::memcmp(file.data(), sections_magic, 8) == 0, "the trained index is no sections file");
    std::memcpy(&count, file.data() + 8, sizeof count);
    require(count <= 4096 && file.size() >= sections_head_bytes + count * sizeof(SectionEntry), "the trained index is truncated");
    for (std::uint32_t i = 0; i < count; ++i) {
      SectionEntry entry;
      std::memcpy(&entry, file.data() + sections_head_bytes + i * sizeof entry, sizeof entry);
      require(entry.name[sizeof entry.name - 1] == '\0', "a section of the trained index has no name");
      require(entry.type == SectionType::u32 || entry.type == SectionType::f32, "a section of the trained index has no known type");
      std::uint64_t values = 1;
      for (const std::uint64_t extent : entry.shape) {
        require(extent <= file.size(), "a section of the trained index says it is larger than the file");
        values *= extent;
        require(values <= file.size(), "a section of the trained index says it is larger than the file");
      }
      require(entry.offset % 64 == 0 && entry.offset <= file.size() && values * 4 <= file.size() - entry.offset, "a section of the trained index lies outside of the file");
      require(views_.emplace(entry.name, View{entry.type, entry.shape, file.data() + entry.offset, values}).second, "the trained index has two sections of one name");
    }
  }

  bool has(const std::string& name) const { return views_.contains(name); }

  // Throws std::runtime_error where it is missing or of another type.
  template <SectionValue T>
  std::span<const T> values(const std::string& name) const {
    const View& view = find(name);
    require(view.type == section_type<T>, ("the section " + name + " of the trained index has another type").c_str());
    return {reinterpret_cast<const T*>(view.data), view.count};
  }
  SectionShape shape(const std::string& name) const { return find(name).shape; }

 private:
  struct View {
    SectionType type;
    SectionShape shape;
    const std::byte* data;
    std::uint64_t count;
  };

  static void require(bool holds, const char* otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
  }
  const View& find(const std::string& name) const {
    const auto found = views_.find(name);
    if (found == views_.end()) throw std::runtime_error("the trained index lacks the section " + name);
    return found->second;
  }

  std::map<std::string, View> views_;
};

}  // namespace annvil
