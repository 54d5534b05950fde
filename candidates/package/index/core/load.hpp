// A file to an engine. Whatever the file holds, what comes of it is an engine that is safe to ask, or an error.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <annvil/memory.hpp>

#include "../options.hpp"
#include "calibration.hpp"
#include "crc32c.hpp"
#include "file_format.hpp"
#include "input_file.hpp"
#include "row_memory.hpp"
#include "rows.hpp"

namespace annvil {

// Head and meta, checked: every section lies where it must, within the file.
struct FileFrame {
  FileHead head;
  FileMeta meta;
};

inline void check_sum(const InputFile& file, const SectionEntry& entry, const void* data) {
  static constexpr std::byte zeros[file_page]{};
  // The filling is read too: it belongs to the sum, and must be zeros.
  std::byte filling[file_page];
  const std::size_t rest = round_up(entry.bytes, file_page) - entry.bytes;
  file.read(entry.offset + entry.bytes, rest, filling);
  const std::uint32_t sum = crc32c(filling, rest, crc32c(data, entry.bytes));
  if (sum != entry.sum || std::memcmp(filling, zeros, rest) != 0) {
    file.refuse("is damaged: the checksum of its section \"" + std::string(entry.name) + "\" is not right");
  }
}

inline void check_places(const InputFile& file, const FileHead& head) {
  if (head.section_count != sections) file.refuse("is damaged: its head names other sections");
  std::size_t next = file_page;
  for (std::size_t i = 0; i < sections; ++i) {
    const SectionEntry& entry = head.entries[i];
    const bool right = std::memcmp(entry.name, section_names[i], sizeof entry.name) == 0 && entry.offset == next &&
                       entry.bytes <= file.size() && entry.zero == 0;
    if (!right) file.refuse("is damaged: its section " + std::to_string(i) + " lies where it cannot");
    next += round_up(entry.bytes, file_page);
    if (next > file.size()) file.refuse("is truncated: it has " + std::to_string(file.size()) + " bytes of at least " + std::to_string(next));
  }
  if (next != file.size() || head.bytes != next) file.refuse("is damaged: it has bytes that belong to no section");
}

// Throws BadFile, InputOutput.
inline FileFrame read_frame(const InputFile& file) {
  FileFrame frame;
  if (file.size() < sizeof frame.head) file.refuse("is too short for an index file");
  file.read(0, sizeof frame.head, &frame.head);
  const FileHead& head = frame.head;
  if (std::memcmp(head.magic, file_magic, sizeof file_magic) != 0) file.refuse("is no index file");
  if (head.version != file_version) {
    file.refuse("has format version " + std::to_string(head.version) + ", and this package reads version " + std::to_string(file_version));
  }
  if (crc32c(&head, offsetof(FileHead, sum)) != head.sum) file.refuse("is damaged: the checksum of its head is not right");
  check_places(file, head);

  FileMeta& meta = frame.meta;
  if (head.entries[meta_section].bytes != sizeof meta) file.refuse("is damaged: its meta section has another size");
  file.read(head.entries[meta_section].offset, sizeof meta, &meta);
  check_sum(file, head.entries[meta_section], &meta);
  const auto ended = [](const char* text, std::size_t room) { return std::memchr(text, 0, room) != nullptr; };
  if (!ended(meta.package, sizeof meta.package) || !ended(meta.hash, sizeof meta.hash)) file.refuse("is damaged: its names have no end");
  if (std::strcmp(meta.hash, package_hash) != 0) {
    file.refuse(std::string("was made by other code (") + meta.package + ", " + std::string(meta.hash).substr(0, 12) + ") than this (" +
                package_name + ", " + std::string(package_hash).substr(0, 12) + "): load it there, or build it anew here");
  }
  const bool shaped = meta.metric <= 1 && meta.count >= 1 && meta.count <= most_rows && meta.dimension >= 1 &&
                      meta.dimension <= most_dimensions && meta.stride == stride_of(meta.dimension);
  if (!shaped || head.entries[vector_section].bytes != meta.count * meta.stride * sizeof(float)) {
    file.refuse("is damaged: its shape cannot be");
  }
  return frame;
}

inline Calibration read_calibration(const InputFile& file, const FileFrame& frame) {
  const SectionEntry& entry = frame.head.entries[calibration_section];
  if (entry.bytes % sizeof(FilePoint) != 0 || entry.bytes / sizeof(FilePoint) > most_points) {
    file.refuse("is damaged: its calibration has another size");
  }
  std::vector<FilePoint> points(entry.bytes / sizeof(FilePoint));
  file.read(entry.offset, entry.bytes, points.data());
  check_sum(file, entry, points.data());
  Calibration calibration{frame.meta.calibration_k, {}};
  std::uint32_t before = 0;
  for (const FilePoint& point : points) {
    const bool right = point.effort > before && point.low >= 0 && point.low <= point.recall && point.recall <= point.high && point.high <= 1;
    if (!right) file.refuse("is damaged: its calibration cannot be");
    calibration.points.push_back({point.effort, point.recall, point.low, point.high});
    before = point.effort;
  }
  return calibration;
}

inline RowMemory read_rows(const InputFile& file, const FileFrame& frame, bool map, bool sum) {
  const SectionEntry& entry = frame.head.entries[vector_section];
  const auto checked = [&](RowMemory rows) {
    if (sum) check_sum(file, entry, rows.data());
    const FileMeta& meta = frame.meta;
    for (std::size_t i = 0; i < meta.count; ++i) {
      const float* row = rows.data() + i * meta.stride;
      const bool padded = std::all_of(row + meta.dimension, row + meta.stride, [](float value) { return value == 0; });
      if (!padded || !is_bounded(row, meta.dimension)) file.refuse("is damaged: row " + std::to_string(i) + " cannot be");
    }
    return rows;
  };
  if (map) return checked(RowMemory(file.map(entry.offset, entry.bytes), entry.bytes));
  HugeArray<float> rows(entry.bytes / sizeof(float));
  file.read(entry.offset, entry.bytes, rows.data());
  return checked(RowMemory(std::move(rows)));
}

}  // namespace annvil
