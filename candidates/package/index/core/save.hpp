// An engine to a file.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <annvil/memory.hpp>

#include "../package.hpp"
#include "calibration.hpp"
#include "crc32c.hpp"
#include "engine.hpp"
#include "file_format.hpp"
#include "output_file.hpp"
#include "structure.hpp"

namespace annvil {

// Writes a section at a time, and keeps the book of them.
class SectionWriter {
 public:
  explicit SectionWriter(OutputFile& file) : file_(file) {
    std::memcpy(head_.magic, file_magic, sizeof file_magic);
    head_.version = file_version;
    head_.section_count = sections;
    file_.append(&head_, sizeof head_);
  }

  void append(const void* data, std::size_t bytes) {
    file_.append(data, bytes);
    sum_ = crc32c(data, bytes, sum_);
  }

  // What was appended since the last end is this section.
  void end(SectionNumber number) {
    static constexpr std::byte zeros[file_page]{};
    SectionEntry& entry = head_.entries[number];
    std::memcpy(entry.name, section_names[number], sizeof entry.name);
    entry.offset = start_;
    entry.bytes = file_.size() - start_;
    append(zeros, round_up(file_.size(), file_page) - file_.size());
    entry.sum = std::exchange(sum_, 0);
    start_ = file_.size();
  }

  void finish() {
    head_.bytes = file_.size();
    head_.sum = crc32c(&head_, offsetof(FileHead, sum));
    file_.write_at(&head_, sizeof head_, 0);
  }

 private:
  OutputFile& file_;
  FileHead head_{};
  std::size_t start_ = sizeof(FileHead);
  std::uint32_t sum_ = 0;
};

// Throws InputOutput.
template <Metric metric>
void save_engine(const Engine<metric>& engine, const Calibration& calibration, const std::string& path) {
  OutputFile file(path);
  SectionWriter writer(file);
  const Vectors& base = engine.base();
  FileMeta meta{};
  static_assert(sizeof package_name <= sizeof meta.package && sizeof package_hash <= sizeof meta.hash);
  std::memcpy(meta.package, package_name, sizeof package_name);
  std::memcpy(meta.hash, package_hash, sizeof package_hash);
  meta.metric = static_cast<std::uint32_t>(metric);
  meta.dimension = base.dimension;
  meta.stride = base.stride;
  meta.count = base.count;
  meta.calibration_k = calibration.k;
  writer.append(&meta, sizeof meta);
  writer.end(meta_section);
  for (const CalibrationPoint& point : calibration.points) {
    const FilePoint written{point.effort, 0, point.recall, point.low, point.high};
    writer.append(&written, sizeof written);
  }
  writer.end(calibration_section);
  write_structure(engine.structure(), [&](const void* data, std::size_t bytes) { writer.append(data, bytes); });
  writer.end(structure_section);
  writer.append(base.data, std::size_t{base.count} * base.stride * sizeof(float));
  writer.end(vector_section);
  writer.finish();
  file.commit();
}

}  // namespace annvil
