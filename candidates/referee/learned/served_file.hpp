// What a serving process is given of a trained index: a file of memory that the referee wrote itself, so that nothing else that a training
// may have left in its output can be read while queries are answered.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>

#include <initializer_list>
#include <stdexcept>

#include "../../player/learned/sections.hpp"
#include "../child.hpp"

namespace annvil::referee {

// Bytes of a sections file whose arrays have so many values (candidates/player/learned/sections.hpp).
inline std::size_t sections_bytes(std::initializer_list<std::size_t> arrays) {
  const auto aligned = [](std::size_t bytes) { return (bytes + 63) / 64 * 64; };
  std::size_t sum = aligned(sections_head_bytes + arrays.size() * sizeof(SectionEntry));
  for (const std::size_t values : arrays) sum += aligned(4 * values);
  return sum;
}

// The sections in a file without a name that can be neither written nor resized. Throws std::runtime_error.
inline Descriptor sealed_file(const SectionsWriter& sections) {
  Descriptor file(memfd_create("served index", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (file.get() < 0) throw std::runtime_error("cannot make a file of memory");
  sections.write_to(file.get());
  if (fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    throw std::runtime_error("cannot seal the served index");
  return file;
}

}  // namespace annvil::referee
