#include "audit.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace annvil::referee {
namespace {

constexpr std::uint32_t idle_milliseconds = 20;
constexpr double idle_cpu_limit = 0.005;
// An honest index answers a repeated query a little faster, from warm caches; one that remembers, many times.
constexpr double cached_cost_ratio = 0.5;
// One disturbed batch must not condemn: the ratio has to hold for this many parts of the queries, each on its own.
constexpr std::size_t parts = 3;

[[noreturn]] void caught(const char* rule, const std::string& detail) { throw Failure{"tampered", detail, rule, 0}; }

}  // namespace

void audit(Player& player, const Exam& exam, const AuditPlan& plan) {
  const auto ask = [&](std::span<const std::uint32_t> rows) {
    return player.answer(exam, rows, plan.effort, plan.limit_seconds);
  };
  const auto part = [&](std::size_t number) {
    const std::size_t from = plan.queries.size() * number / parts;
    return plan.queries.subspan(from, plan.queries.size() * (number + 1) / parts - from);
  };
  ask(plan.others);  // warms caches, so that the first answers are not dear for being first
  BatchResult first[parts];
  for (std::size_t i = 0; i < parts; ++i) first[i] = ask(part(i));
  ask(plan.others);
  std::size_t cheaper = 0;
  for (std::size_t i = 0; i < parts; ++i) {
    // Backwards: state that turns in step with the queries would otherwise come round to where it was.
    const std::vector<std::uint32_t> backwards(part(i).rbegin(), part(i).rend());
    const BatchResult again = ask(backwards);
    const std::size_t k = exam.k();
    for (std::size_t at = 0; at < backwards.size(); ++at) {
      const auto then = first[i].answers.end() - static_cast<std::ptrdiff_t>((at + 1) * k);
      if (!std::equal(then, then + static_cast<std::ptrdiff_t>(k), again.answers.begin() + static_cast<std::ptrdiff_t>(at * k))) {
        caught("stateful-answers", "a query, asked again after others, got other ids");
      }
    }
    cheaper += again.cost() < cached_cost_ratio * first[i].cost() ? 1 : 0;
  }
  if (cheaper == parts) caught("cached-answers", "the same queries, asked again, cost less than half");
  const double idle = player.idle_cpu_seconds(idle_milliseconds);
  if (idle > idle_cpu_limit) caught("works-between-batches", "while nothing was asked it computed for " + std::to_string(idle) + " s");
  if (const int threads = player.extra_threads(); threads > 0) caught("extra-threads", std::to_string(threads) + " beside the main one");
  if (const int processes = player.extra_processes(); processes > 0) caught("extra-processes", std::to_string(processes) + " beside its own");
}

}  // namespace annvil::referee
