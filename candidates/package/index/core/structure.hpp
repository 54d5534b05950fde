// What an index file keeps besides rows: the graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include <annvil/graph.hpp>

#include "engine.hpp"
#include "graph_image.hpp"
#include "load.hpp"
#include "mapping.hpp"

namespace annvil {

// The graph, in range in every part that a search may follow.
inline Structure read_structure(const InputFile& file, const FileFrame& frame, bool sum) {
  const SectionEntry& entry = frame.head.entries[structure_section];
  const auto count = static_cast<std::uint32_t>(frame.meta.count);
  Graph graph;
  graph.count = count;
  if (entry.bytes % sizeof(std::uint32_t) != 0 || (entry.bytes == 0) != (count < least_graph)) {
    file.refuse("is damaged: its graph has a size that cannot be");
  }
  if (entry.bytes == 0) return graph;
  Words image(entry.bytes / sizeof(std::uint32_t));
  file.read(entry.offset, entry.bytes, image.data());
  if (sum) check_sum(file, entry, image.data());
  std::string fault;
  try {
    graph = read_graph(Mapping(reinterpret_cast<const std::byte*>(image.data()), entry.bytes));
    fault = graph_fault(graph, count);
  } catch (const std::runtime_error& failure) {
    fault = failure.what();
  }
  for (const Layer& layer : graph.layers) {
    if (layer.nodes.empty()) fault = "a layer has no nodes";
  }
  if (!fault.empty()) file.refuse("is damaged: " + fault);
  return graph;
}

// append(const void*, std::size_t bytes) takes the section's bytes, in turns.
template <class Append>
void write_structure(const Structure& graph, Append&& append) {
  if (graph.count < least_graph) return;
  write_graph(graph, [&](const std::uint32_t* words, std::size_t count) { append(words, count * sizeof *words); });
}

}  // namespace annvil
