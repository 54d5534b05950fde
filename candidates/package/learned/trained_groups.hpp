// What make_index.cpp takes of a trained index, whichever target it is of.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

struct TrainedGroups {
  std::vector<std::uint32_t> settings;
  std::uint32_t groups;
  std::vector<std::uint32_t> home;                                 // group of each row
  std::vector<std::pair<std::uint32_t, std::uint32_t>> copies;     // row, group
  std::vector<std::vector<float>> networks;                        // serialised; empty: there is none
};
