// A trained Neural LSH index, as its training left it, to a package's model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../../../player/learned/sections.hpp"
#include "../trained_groups.hpp"

// `reached`: bins of the first level whose second level a query reaches. Throws std::runtime_error.
inline TrainedGroups read_trained(const annvil::Sections& sections, std::uint32_t reached) {
  const auto shape = sections.values<std::uint32_t>("shape");
  const std::uint32_t first = shape[0], second = shape[1];
  TrainedGroups trained{.settings = {first, second, reached}, .groups = first * second, .home = {}, .copies = {}, .networks = {}};
  const auto bins = sections.values<std::uint32_t>("bins");
  trained.home.assign(bins.begin(), bins.end());
  const auto add = [&](const std::string& name) {
    const auto words = sections.has(name) ? sections.values<float>(name) : std::span<const float>{};
    trained.networks.emplace_back(words.begin(), words.end());
  };
  add("router");
  for (std::uint32_t bin = 0; second > 1 && bin < first; ++bin) add("router." + std::to_string(bin));
  return trained;
}
