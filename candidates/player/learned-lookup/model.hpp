// A trained learned lookup, as the training leaves it and the served index and the referee read it.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <annvil/learned-lookup/history.hpp>
#include <annvil/learned-lookup/set_network.hpp>
#include <annvil/learned/network.hpp>

#include "../learned/sections.hpp"

namespace annvil::lookup {

struct Model {
  SetNetwork ranker;
  HistoryEncoding encoding = HistoryEncoding::none;
  std::vector<Network> queries;  // one a lookup
  std::optional<Network> extra;

  std::size_t parameters() const {
    std::size_t sum = ranker.weights().size() + (extra ? extra->parameters() : 0);
    for (const Network& network : queries) sum += network.parameters();
    return sum;
  }
};

inline void write(const Model& model, SectionsWriter& output) {
  std::vector<std::uint32_t> layers;
  for (const SetLayer& layer : model.ranker.layers())
    layers.insert(layers.end(), {static_cast<std::uint32_t>(layer.operation), layer.in, layer.out, layer.heads});
  output.add<std::uint32_t>("ranker.layers", layers, {model.ranker.layers().size(), 4});
  output.add<float>("ranker.weights", model.ranker.weights());
  const std::uint32_t shape[] = {static_cast<std::uint32_t>(model.encoding), static_cast<std::uint32_t>(model.queries.size()),
                                 model.extra ? 1u : 0u};
  output.add<std::uint32_t>("shape", shape);
  for (std::size_t i = 0; i < model.queries.size(); ++i) output.add<float>("query." + std::to_string(i), model.queries[i].serialised());
  if (model.extra) output.add<float>("extra", model.extra->serialised());
}

// Throws std::runtime_error where the sections hold no such model.
inline Model read_model(const Sections& sections) {
  const auto fields = sections.values<std::uint32_t>("ranker.layers");
  if (fields.size() % 4 != 0 || fields.size() > 4 * 4096) throw std::runtime_error("the ranker's layers are damaged");
  std::vector<SetLayer> layers;
  for (std::size_t i = 0; i < fields.size(); i += 4)
    layers.push_back({static_cast<SetOperation>(fields[i]), fields[i + 1], fields[i + 2], fields[i + 3]});
  const auto weights = sections.values<float>("ranker.weights");
  if (!std::all_of(weights.begin(), weights.end(), [](float value) { return std::isfinite(value); }))
    throw std::runtime_error("the ranker holds what is no number");
  const auto shape = sections.values<std::uint32_t>("shape");
  if (shape.size() != 3 || shape[0] > static_cast<std::uint32_t>(HistoryEncoding::log_differences) || shape[1] > 256)
    throw std::runtime_error("the trained index' shape is damaged");
  Model model{SetNetwork(std::move(layers), {weights.begin(), weights.end()}), static_cast<HistoryEncoding>(shape[0]), {}, {}};
  for (std::uint32_t i = 0; i < shape[1]; ++i)
    model.queries.push_back(Network::parse(sections.values<float>("query." + std::to_string(i))));
  if (shape[2] != 0) model.extra = Network::parse(sections.values<float>("extra"));
  return model;
}

}  // namespace annvil::lookup
