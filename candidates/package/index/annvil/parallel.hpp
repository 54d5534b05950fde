// Work shared among threads, watched by the operation that the calling thread is in. Stands in for the contract's header of the
// same name, so that a candidate's build can be watched and cancelled without knowing it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "../core/operation.hpp"

namespace annvil {

// Calls body(i, thread) once for every i in [0, count), on up to `threads` threads that take `grain` indices at a time in rising
// order. Returns when all are done; rethrows the first exception. Throws Cancelled between two grains.
template <class Body>
void parallel_for(std::size_t count, std::uint32_t threads, std::size_t grain, Body&& body) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_lock;
  // Loops within the body are part of its steps, and have none of their own.
  Operation* const operation = std::exchange(Operation::current(), nullptr);
  const auto work = [&](std::uint32_t thread) {
    try {
      for (std::size_t from; (from = next.fetch_add(grain)) < count;) {
        if (thread == 0 && operation) operation->advance(from, count);
        for (std::size_t i = from; i < count && i < from + grain; ++i) body(i, thread);
      }
    } catch (...) {
      const std::lock_guard guard(failure_lock);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> helpers;
  try {
    for (std::uint32_t thread = 1; thread < threads && thread * grain < count; ++thread) helpers.emplace_back(work, thread);
  } catch (const std::exception&) {
    // The system grants no more threads, or no memory for one: those there are do the work.
  }
  work(0);
  for (auto& helper : helpers) helper.join();
  Operation::current() = operation;
  if (operation) operation->finish_loop(count);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace annvil
