// The players of one side: one, asked a batch at a time; or, to measure throughput, as many as there are cores, each with its
// part of the batch.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "player.hpp"

namespace annvil::referee {

class PlayerGroup {
 public:
  explicit PlayerGroup(std::vector<std::unique_ptr<Player>> players) : players_(std::move(players)) {}

  // Waits until all have prepared. `core` >= 0: where a single player is pinned; several have a core each. Throws Failure.
  void finish_preparing(double limit_seconds, int core, bool lock);

  // Of several, wall time is that of the dearest part, and nothing else is charged. Throws Failure.
  BatchResult answer(const Exam& exam, std::span<const std::uint32_t> rows, std::uint32_t effort, double limit_seconds);

  // The one that stands for all where nothing is timed.
  Player& first() { return *players_.front(); }

 private:
  std::vector<std::unique_ptr<Player>> players_;
};

}  // namespace annvil::referee
