// What was trained: which rows belong together, and the networks that say where to look.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <annvil/learned/network.hpp>
#include <annvil/vectors.hpp>

namespace annvil {

// Rows stand group by group (a bin, a cluster), so that a group is read in one go. A group may also hold copies of rows that stand in
// another: these are kept as references.
struct Model {
  std::vector<std::uint32_t> settings;              // the target's own: router.hpp
  std::vector<std::uint32_t> offsets;               // [groups + 1]: rows offsets[g] to offsets[g + 1] stand in group g
  std::vector<std::uint32_t> copy_offsets, copies;  // [groups + 1]; rows
  std::vector<std::uint32_t> original_id;           // of each row
  std::vector<std::optional<Network>> networks;

  std::uint32_t groups() const { return static_cast<std::uint32_t>(offsets.size() - 1); }
  std::uint32_t size_of(std::uint32_t group) const {
    return offsets[group + 1] - offsets[group] + copy_offsets[group + 1] - copy_offsets[group];
  }

  template <class Visit>
  void each_row(std::uint32_t group, Visit&& visit) const {
    for (std::uint32_t row = offsets[group]; row < offsets[group + 1]; ++row) visit(row);
    for (std::uint32_t at = copy_offsets[group]; at < copy_offsets[group + 1]; ++at) visit(copies[at]);
  }

  std::size_t bytes() const {
    std::size_t words = settings.size() + offsets.size() + copy_offsets.size() + copies.size() + original_id.size();
    for (const auto& network : networks) words += network ? network->parameters() : 0;
    return words * sizeof(std::uint32_t);
  }
};

// In the file: each list as its length and its words; then the number of networks, and each as a list, empty where there is none.
template <class Append>
void write_model(const Model& model, Append&& append) {
  const auto list = [&](const auto& values) {
    const auto size = static_cast<std::uint32_t>(values.size());
    append(&size, sizeof size);
    append(values.data(), values.size() * sizeof values[0]);
  };
  for (const auto* part : {&model.settings, &model.offsets, &model.copy_offsets, &model.copies, &model.original_id}) list(*part);
  const auto count = static_cast<std::uint32_t>(model.networks.size());
  append(&count, sizeof count);
  for (const auto& network : model.networks) list(network ? network->serialised() : std::vector<float>{});
}

// Throws std::runtime_error where the words are no model of `count` rows. What a target's router needs besides is the router's to check.
inline Model read_model(std::span<const std::uint32_t> words, std::uint32_t count) {
  const auto require = [](bool holds, const char* otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
  };
  const auto take = [&](std::size_t size) {
    require(size <= words.size(), "its model is cut short");
    const auto part = words.first(size);
    words = words.subspan(size);
    return part;
  };
  const auto list = [&] {
    const auto part = take(take(1)[0]);
    return std::vector<std::uint32_t>(part.begin(), part.end());
  };
  Model model;
  model.settings = list();
  model.offsets = list();
  model.copy_offsets = list();
  model.copies = list();
  model.original_id = list();
  const std::uint32_t networks = take(1)[0];
  require(networks <= 65'537, "its model has too many networks");
  for (std::uint32_t i = 0; i < networks; ++i) {
    const auto part = take(take(1)[0]);
    std::vector<float> values(part.size());
    std::memcpy(values.data(), part.data(), part.size_bytes());
    model.networks.push_back(values.empty() ? std::nullopt : std::optional(Network::parse(values)));
  }
  require(words.empty(), "its model is longer than it says");

  const auto divides = [](const std::vector<std::uint32_t>& offsets, std::size_t total) {
    return offsets.size() >= 2 && offsets.front() == 0 && offsets.back() == total && std::is_sorted(offsets.begin(), offsets.end());
  };
  require(divides(model.offsets, count), "its groups do not divide its rows");
  require(model.copy_offsets.size() == model.offsets.size() && divides(model.copy_offsets, model.copies.size()), "its copies belong to no groups");
  require(std::all_of(model.copies.begin(), model.copies.end(), [&](std::uint32_t row) { return row < count; }), "it has copies of rows that are not there");
  require(model.original_id.size() == count, "it has other rows than ids");
  std::vector<std::uint32_t> ids = model.original_id;
  std::sort(ids.begin(), ids.end());
  require(std::adjacent_find(ids.begin(), ids.end()) == ids.end() && ids.back() != no_node, "two of its rows have one id");
  return model;
}

}  // namespace annvil
