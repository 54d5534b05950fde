// What an honest player keeps to and no single batch shows.
#pragma once

#include <cstdint>
#include <span>

#include "player.hpp"

namespace annvil::referee {

struct AuditPlan {
  std::span<const std::uint32_t> queries;  // asked, and asked again
  std::span<const std::uint32_t> others;   // asked before and in between
  std::uint32_t effort;
  double limit_seconds;
};

// Asks the same queries twice with others in between. Throws Failure of kind tampered, naming the rule:
//   stateful-answers       the second answers differ from the first
//   cached-answers         the second answers cost less than half of the first
//   works-between-batches  the player computes while nothing is asked of it
//   extra-threads, extra-processes
void audit(Player& player, const Exam& exam, const AuditPlan& plan);

}  // namespace annvil::referee
