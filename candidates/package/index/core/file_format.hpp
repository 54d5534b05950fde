// An index file, version 1. Little-endian; the head and each section begin on a page and are filled up to one with zeros.
//
//   head         magic, version, what each section is, where it lies and what it sums to; its own sum
//   meta         package, hash of the code, metric, shape
//   calibration  points of recall by effort
//   graph        player/graph_image.hpp's words; nothing for a set so small that all of it is compared. Of a trained index, in its place:
//   model        what was trained, and which rows belong together
//   vectors      rows in node order, padded; of unit length where angles are compared
//
// Each sum is CRC-32C over the section with its filling, so that no byte of the file is without one.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace annvil {

static_assert(std::endian::native == std::endian::little, "index files are little-endian");

inline constexpr char file_magic[8] = {'A', 'N', 'N', 'V', 'I', 'D', 'X', '\n'};
inline constexpr std::uint32_t file_version = 1;
inline constexpr std::size_t file_page = 4096;
inline constexpr std::uint32_t most_points = 4096;

enum SectionNumber : std::size_t { meta_section, calibration_section, structure_section, vector_section, sections };

struct SectionEntry {
  char name[16];
  std::uint64_t offset, bytes;
  std::uint32_t sum, zero;
};

inline constexpr char section_names[sections][16] = {"meta", "calibration", PACKAGE_STRUCTURE, "vectors"};

struct FileHead {
  char magic[8];
  std::uint32_t version;
  std::uint32_t section_count;
  std::uint64_t bytes;  // of the whole file
  SectionEntry entries[sections];
  std::byte filling[file_page - 24 - sections * sizeof(SectionEntry) - 4];
  std::uint32_t sum;  // of all before it
};
static_assert(sizeof(FileHead) == file_page && std::is_trivially_copyable_v<FileHead>);

struct FileMeta {
  char package[96], hash[80];  // ended by zeros
  std::uint32_t metric, dimension, stride, calibration_k;
  std::uint64_t count;
  std::uint64_t zero;
};
static_assert(sizeof(FileMeta) == 208 && std::is_trivially_copyable_v<FileMeta>);

struct FilePoint {
  std::uint32_t effort, zero;
  double recall, low, high;
};
static_assert(sizeof(FilePoint) == 32 && std::is_trivially_copyable_v<FilePoint>);

}  // namespace annvil
