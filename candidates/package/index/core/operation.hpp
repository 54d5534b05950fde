// A long call that its caller watches and may cancel.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "../errors.hpp"
#include "../options.hpp"

namespace annvil {

// Lives on the caller's thread, in phases. Loops that run on this thread while it lives (parallel.hpp) report to it.
class Operation {
 public:
  explicit Operation(const Progress& progress) : progress_(progress), outer_(current()) { current() = this; }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation() { current() = outer_; }

  // The one that the calling thread is in, or null.
  static Operation*& current() {
    thread_local Operation* operation = nullptr;
    return operation;
  }

  // Begins a phase, whose loops are thought to have `steps` steps together. Throws Cancelled.
  void enter(const char* name, double steps) {
    phase_ = name;
    expected_ = steps;
    before_ = shown_ = 0;
    tell(0);
  }

  // Steps that the phase's loops had so far.
  double steps() const { return before_; }

  // `step` steps of a loop of `count` are handed out. Throws Cancelled.
  void advance(std::size_t step, std::size_t count) {
    const auto now = Clock::now();
    if (now - told_ < std::chrono::milliseconds(20)) return;
    // The loop may be one of several to come, or longer than was thought.
    const double total = std::max(expected_, before_ + static_cast<double>(count));
    shown_ = std::max(shown_, std::min(1.0, (before_ + static_cast<double>(step)) / total));
    tell(shown_);
  }

  void finish_loop(std::size_t count) { before_ += static_cast<double>(count); }

 private:
  using Clock = std::chrono::steady_clock;

  void tell(double done) {
    if (progress_ && !progress_(phase_, done)) throw Cancelled();
    told_ = Clock::now();
  }

  const Progress& progress_;
  Operation* outer_;
  const char* phase_ = "";
  double expected_ = 0, before_ = 0, shown_ = 0;
  Clock::time_point told_{};
};

}  // namespace annvil
