#include "player_group.hpp"

#include <algorithm>

namespace annvil::referee {

void PlayerGroup::finish_preparing(double limit_seconds, int core, bool lock) {
  const bool alone = players_.size() == 1;
  for (std::size_t i = 0; i < players_.size(); ++i) {
    players_[i]->finish_preparing(limit_seconds, alone ? core : static_cast<int>(i), lock);
  }
}

BatchResult PlayerGroup::answer(const Exam& exam, std::span<const std::uint32_t> rows, std::uint32_t effort,
                                double limit_seconds) {
  if (players_.size() == 1) return first().answer(exam, rows, effort, limit_seconds);
  const auto part = [&](std::size_t i) {
    const std::size_t from = rows.size() * i / players_.size();
    return rows.subspan(from, rows.size() * (i + 1) / players_.size() - from);
  };
  // Laid out for all before any is woken: copying queries is no part of answering them.
  for (std::size_t i = 0; i < players_.size(); ++i) players_[i]->lay_out(exam, part(i), effort);
  for (const auto& player : players_) player->wake();
  BatchResult whole{};
  double correct = 0;
  for (std::size_t i = 0; i < players_.size(); ++i) {
    const BatchResult result = players_[i]->collect(exam, part(i), limit_seconds);
    whole.wall_seconds = std::max(whole.wall_seconds, result.cost());
    whole.distances += result.distances;
    correct += result.recall * static_cast<double>(part(i).size());
    whole.answers.insert(whole.answers.end(), result.answers.begin(), result.answers.end());
  }
  whole.recall = correct / static_cast<double>(rows.size());
  return whole;
}

}  // namespace annvil::referee
