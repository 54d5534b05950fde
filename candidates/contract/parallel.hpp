// Work shared among the threads a build was granted.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace annvil {

// Calls body(i, thread) once for every i in [0, count), on `threads` threads that take `grain` indices at a time in rising
// order. Returns when all are done; rethrows the first exception.
template <class Body>
void parallel_for(std::size_t count, std::uint32_t threads, std::size_t grain, Body&& body) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_lock;
  const auto work = [&](std::uint32_t thread) {
    try {
      for (std::size_t from; (from = next.fetch_add(grain)) < count;) {
        for (std::size_t i = from; i < count && i < from + grain; ++i) body(i, thread);
      }
    } catch (...) {
      const std::lock_guard guard(failure_lock);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> helpers;
  for (std::uint32_t thread = 1; thread < threads; ++thread) helpers.emplace_back(work, thread);
  work(0);
  for (auto& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace annvil
