// What an index file keeps besides rows: the trained model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "engine.hpp"
#include "load.hpp"

namespace annvil {

// In range in every part that an answer may follow, and with networks that fit its groups. Throws BadFile.
inline Structure read_structure(const InputFile& file, const FileFrame& frame, bool sum) {
  const SectionEntry& entry = frame.head.entries[structure_section];
  if (entry.bytes % sizeof(std::uint32_t) != 0) file.refuse("is damaged: its model has a size that cannot be");
  std::vector<std::uint32_t> words(entry.bytes / sizeof(std::uint32_t));
  file.read(entry.offset, entry.bytes, words.data());
  if (sum) check_sum(file, entry, words.data());
  try {
    Model model = read_model(words, static_cast<std::uint32_t>(frame.meta.count));
    const Router fits(model, frame.meta.dimension);
    return model;
  } catch (const std::runtime_error& failure) {
    file.refuse(std::string("is damaged: ") + failure.what());
  }
}

// append(const void*, std::size_t bytes) takes the section's bytes, in turns.
template <class Append>
void write_structure(const Structure& model, Append&& append) {
  write_model(model, append);
}

}  // namespace annvil
