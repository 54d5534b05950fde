#include "player.hpp"

#include "locked_memory.hpp"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace annvil::referee {

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Failure failure_of(const Child& child) {
  const int code = child.ending().code;
  if (code == out_of_memory_status) return {"out-of-memory", child.stderr_tail(), "", 0};
  if (code == outside_scratch_status) return {"tampered", child.stderr_tail(), "writes-outside-scratch", 0};
  if (code == forbidden_call_status) return {"tampered", child.stderr_tail(), "calls-the-kernel", 0};
  if (code == 128 + SIGXCPU) return {"timed-out", child.stderr_tail(), "SIGXCPU", 0};
  const char* name = code > 128 ? sigabbrev_np(code - 128) : nullptr;
  return {"crashed", child.stderr_tail(), name ? "SIG" + std::string(name) : "exit status " + std::to_string(code), 0};
}

Player::Player(const std::vector<std::string>& argv, int base_fd, int graph_fd, std::uint32_t k, std::uint32_t stride,
               std::uint32_t base_count, std::uint32_t capacity)
    : base_count_(base_count), channel_file_(memfd_create("annvil-channel", MFD_CLOEXEC | MFD_ALLOW_SEALING)), channel_bytes_(Channel::bytes(capacity, stride, k)) {
  if (channel_file_.get() < 0 || ftruncate(channel_file_.get(), static_cast<off_t>(channel_bytes_)) != 0) {
    throw std::runtime_error("cannot make the shared memory of a player");
  }
  // A player that cut it short would end the referee with a bus error.
  fcntl(channel_file_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  void* shared = mmap(nullptr, channel_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, channel_file_.get(), 0);
  if (shared == MAP_FAILED) throw std::runtime_error("cannot map the shared memory of a player");
  channel_ = new (shared) Channel{};
  channel_->k = k;
  channel_->capacity = capacity;
  channel_->stride = stride;
  queries_ = channel_->queries();
  answers_ = channel_->answers();
  answers_room_ = std::size_t{capacity} * k;
  started_ = now();
  child_ = Child(argv, {base_fd, graph_fd, channel_file_.get()});
}

Player::~Player() {
  child_.kill_tree();
  if (channel_) munmap(channel_, channel_bytes_);
}

Player::Arrival Player::await(std::uint32_t number, double limit_seconds) {
  const double deadline = now() + limit_seconds;
  for (std::uint32_t seen; (seen = channel_->response.load(std::memory_order_acquire)) != number;) {
    const double waited_before = own_core_wait();
    futex_wait(channel_->response, seen, 20);
    const double at = now();
    if (channel_->response.load(std::memory_order_acquire) == number) return {at, own_core_wait() - waited_before};
    if (!child_.running()) throw failure_of(child_);
    if (at > deadline) throw Failure{"timed-out", child_.stderr_tail(), "", limit_seconds};
  }
  return {now(), 0};
}

void Player::finish_preparing(double limit_seconds, int core, bool lock) {
  asked_ = 1;
  await(asked_, limit_seconds - (now() - started_));
  prepare_seconds_ = now() - started_;
  pid_ = child_.player_pid();
  if (pid_ == 0) throw std::runtime_error("the sandbox did not say which process the player is");
  memory_ = memory_of(pid_);
  lock_memory(lock, limit_seconds);
  cpu_charged_ = cpu_seconds();
  if (core >= 0) pin(pid_, core);
}

void Player::lock_memory(bool lock, double limit_seconds) {
  const LockedLayout allowed{base_count_, channel_bytes_, static_cast<std::size_t>(reinterpret_cast<std::byte*>(queries_) - reinterpret_cast<std::byte*>(channel_)),
                             static_cast<std::size_t>(reinterpret_cast<std::byte*>(answers_) - reinterpret_cast<std::byte*>(channel_))};
  const int filters_before = system_call_filters_of(pid_);
  const std::vector<MemoryRange> ranges = lock ? writable_outside(pid_, allowed, false) : std::vector<MemoryRange>{};
  if (ranges.size() * sizeof(MemoryRange) > allowed.answers_offset - allowed.queries_offset) {
    throw Failure{"tampered", std::to_string(ranges.size()) + " separate pieces of memory", "writes-outside-scratch", 0};
  }
  std::memcpy(static_cast<void*>(queries_), ranges.data(), ranges.size() * sizeof(MemoryRange));
  channel_->count = static_cast<std::uint32_t>(ranges.size());
  channel_->request.store(asked_, std::memory_order_release);
  ++asked_;
  futex_wake(channel_->request);
  await(asked_, limit_seconds);
  if (!lock) return;
  if (!writable_outside(pid_, allowed, true).empty() || system_call_filters_of(pid_) <= filters_before) {
    throw Failure{"tampered", "the player did not lock its memory and its system calls", "writes-outside-scratch", 0};
  }
  locked_ = true;
}

BatchResult Player::answer(const Exam& exam, std::span<const std::uint32_t> rows, std::uint32_t effort,
                           double limit_seconds) {
  lay_out(exam, rows, effort);
  wake();
  return collect(exam, rows, limit_seconds);
}

void Player::lay_out(const Exam& exam, std::span<const std::uint32_t> rows, std::uint32_t effort) {
  const std::uint32_t k = exam.k();
  const std::uint32_t stride = exam.queries().vectors.stride;
  const auto count = static_cast<std::uint32_t>(rows.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    std::memcpy(queries_ + std::size_t{i} * stride, exam.queries().vectors[rows[i]], stride * sizeof(float));
  }
  channel_->k = k;
  channel_->stride = stride;
  channel_->effort = effort;
  channel_->count = count;
  std::fill_n(answers_, answers_room_, no_node);
}

void Player::wake() {
  before_.counts = counters_ ? counters_->read() : Counts{};
  before_.distances = channel_->distances;
  before_.waited = core_wait_of(pid_);
  before_.at = now();
  channel_->request.store(asked_, std::memory_order_release);
  ++asked_;
  futex_wake(channel_->request);
}

BatchResult Player::collect(const Exam& exam, std::span<const std::uint32_t> rows, double limit_seconds) {
  const std::uint32_t k = exam.k();
  const auto count = static_cast<std::uint32_t>(rows.size());
  const Arrival arrival = await(asked_, limit_seconds);
  const double wall = arrival.at - before_.at;
  const double cpu_after = cpu_seconds();
  const double cpu = cpu_after - std::exchange(cpu_charged_, cpu_after);
  const double waited = core_wait_of(pid_) - before_.waited + arrival.delay;
  const Counts counts = counters_ ? between(before_.counts, counters_->read()) : Counts{};

  // Copied before it is judged: the player could still write to the shared memory.
  const std::vector<NodeId> written(answers_, answers_ + answers_room_);
  const auto past = written.begin() + static_cast<std::ptrdiff_t>(std::size_t{count} * k);
  std::uint64_t correct = 0;
  try {
    const auto* head = reinterpret_cast<const std::byte*>(channel_);
    if (locked_ && std::any_of(head + sizeof(Channel), head + Channel::header_bytes, [](std::byte byte) { return byte != std::byte{}; })) {
      throw Tampering("writes-outside-scratch", "the channel's header was written to");
    }
    if (std::any_of(past, written.end(), [](NodeId id) { return id != no_node; })) {
      throw Tampering("writes-past-answers", "ids were written where no query was asked");
    }
    for (std::uint32_t i = 0; i < count; ++i) correct += exam.correct(rows[i], written.data() + std::size_t{i} * k);
  } catch (const Tampering& caught) {
    throw Failure{"tampered", caught.what(), caught.rule, 0};
  }
  const std::uint32_t reachable = std::min(k, exam.base().vectors.count);
  const double recall = static_cast<double>(correct) / (static_cast<double>(count) * reachable);
  return {wall, cpu, waited, recall, {written.begin(), past}, counts, channel_->distances - before_.distances};
}

void Player::count_events(bool wanted) {
  counters_.reset();
  if (wanted) counters_.emplace(pid_);
}

double Player::idle_cpu_seconds(std::uint32_t milliseconds) const {
  const double before = cpu_seconds();
  usleep(1000 * milliseconds);
  return cpu_seconds() - before;
}

double Player::cpu_seconds() const {
  const pid_t init = child_.init_pid();
  return cpu_seconds_of(pid_) + (init ? cpu_seconds_of(init) : 0);
}

int Player::extra_threads() const { return threads_of(pid_) - 1; }

int Player::extra_processes() const { return child_.processes_below() - child_.processes_expected(pid_); }

}  // namespace annvil::referee
