// One live player, as the referee holds it: started, asked batch by batch against the clock, ended.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "../player/channel.hpp"
#include "child.hpp"
#include "counters.hpp"
#include "scoring.hpp"

namespace annvil::referee {

// What ended a player before its time, in the words of the protocol.
struct Failure {
  std::string kind;  // crashed, timed-out, out-of-memory, tampered
  std::string detail;
  std::string signal;
  double limit_seconds = 0;
};

struct BatchResult {
  double wall_seconds;
  // Of all the player's threads and of the sandbox's first process, which it can trace, since it answered last: what it does between batches is charged to the next.
  double cpu_seconds;
  // Wall time that is none of the player's doing: other processes kept it from its core, or the referee from seeing the answer.
  double wait_seconds;
  double recall;
  std::vector<NodeId> answers;
  Counts counts = {};  // empty unless counting
  std::uint64_t distances = 0;  // by the player's own account, where it was compiled to count them

  // The same figure as batchCost in protocol.ts.
  double cost() const { return std::max(cpu_seconds, wall_seconds - wait_seconds); }
};

class Player {
 public:
  // Starts the command with base, graph and a fresh channel; it prepares in the background until `finish_preparing`.
  Player(const std::vector<std::string>& argv, int base_fd, int graph_fd, std::uint32_t k, std::uint32_t stride,
         std::uint32_t base_count, std::uint32_t capacity);
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  ~Player();

  // Waits until it has prepared, and has it lock itself unless told not to. Throws Failure. `core` >= 0: pins it there from then on.
  void finish_preparing(double limit_seconds, int core, bool lock);
  double prepare_seconds() const { return prepare_seconds_; }
  // As it was when it had prepared.
  const Memory& memory() const { return memory_; }

  // Hands over the queries of `rows` and times the answer; recall is taken on the same pass. Throws Failure.
  BatchResult answer(const Exam& exam, std::span<const std::uint32_t> rows, std::uint32_t effort, double limit_seconds);

  // Batches are counted from here on, or no longer: not while their time decides anything.
  // The same in its three parts, so that several players can answer at once: the queries put where the player finds them, the
  // player woken and the clock started, the answer waited for.
  void lay_out(const Exam& exam, std::span<const std::uint32_t> rows, std::uint32_t effort);
  void wake();
  BatchResult collect(const Exam& exam, std::span<const std::uint32_t> rows, double limit_seconds);

  void count_events(bool wanted);

  // CPU seconds it spends during the next `milliseconds`, in which nothing is asked of it.
  double idle_cpu_seconds(std::uint32_t milliseconds) const;
  // Threads beside its main one, and processes beside its own in the sandbox.
  int extra_threads() const;
  int extra_processes() const;

 private:
  // When the answer was seen, and how long the referee, woken for it, was kept waiting for a core before it saw it.
  struct Arrival {
    double at;
    double delay;
  };
  Arrival await(std::uint32_t number, double limit_seconds);

  // Has the player make read-only what no query may change, and looks whether it did.
  void lock_memory(bool lock, double limit_seconds);

  double cpu_seconds() const;

  std::uint32_t base_count_ = 0;
  bool locked_ = false;
  Child child_;
  Descriptor channel_file_;
  Channel* channel_ = nullptr;
  // Worked out once: the header they follow from is the player's to change.
  float* queries_ = nullptr;
  NodeId* answers_ = nullptr;
  std::size_t answers_room_ = 0;  // ids
  std::size_t channel_bytes_ = 0;
  pid_t pid_ = 0;
  double cpu_charged_ = 0;
  std::uint32_t asked_ = 0;
  double started_ = 0;
  double prepare_seconds_ = 0;
  Memory memory_;
  // How things stood when it was woken.
  struct {
    Counts counts;
    std::uint64_t distances = 0;
    double waited = 0;
    double at = 0;
  } before_;
  std::optional<Counters> counters_;
};

// Seconds of the monotonic clock.
double now();

// Turns a child's end into a failure. Its exit status is its own to choose, so nothing but its own failure follows from it.
Failure failure_of(const Child& child);

}  // namespace annvil::referee
