// A sandboxed child of the referee: started with chosen descriptors, watched, and killed with all it started.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace annvil::referee {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept { std::swap(fd_, other.fd_); }
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// How a child ended. `code` is the exit status; a signal shows as 128 + its number, as the sandbox reports it.
struct Ending {
  int code = 0;
};

// The command runs with `handed` as descriptors 3, 4, ... and the sandbox's info pipe after them; everything else is closed.
class Child {
 public:
  Child() = default;
  Child(const std::vector<std::string>& argv, const std::vector<int>& handed);
  Child(Child&& other) noexcept { *this = std::move(other); }
  Child& operator=(Child&& other) noexcept;
  ~Child() { kill_tree(); }

  bool running();                // false once it has ended; `ending` then holds
  const Ending& ending() const { return ending_; }
  void kill_tree();              // the sandbox's own process namespace takes the rest along
  void drain();                  // keeps the last of its standard error
  const std::string& stderr_tail() const { return tail_; }

  // The candidate's own process as this host numbers it: the command itself, or the sandboxed process two levels below it.
  // 0 while it cannot be told yet.
  pid_t player_pid();
  // The sandbox's first process, above the player's; 0 where there is none. Known once player_pid is.
  pid_t init_pid() const { return init_pid_; }

  // Processes below the command; of these, the sandbox's own and the player.
  int processes_below() const;
  int processes_expected(pid_t player) const { return player == pid_ ? 0 : 2; }

 private:
  pid_t pid_ = 0, init_pid_ = 0;
  bool ended_ = true;
  Ending ending_;
  Descriptor stderr_, info_;
  std::string tail_, info_text_;
};

// CPU seconds of all threads of a process so far.
double cpu_seconds_of(pid_t pid);

// Threads of a process.
int threads_of(pid_t pid);

// Seconds a process' main thread was ready to run but kept waiting for a core by others. 0 where the kernel does not say.
double core_wait_of(pid_t pid);

// The same of the calling thread.
double own_core_wait();

// Lets this process run before others as soon as it has something to do, where it may: it mostly sleeps, and what it is kept
// waiting would look like the player's time. Its children do not inherit it.
void take_precedence();

// Resident memory of a process; zeros where it has ended.
struct Memory {
  std::uint64_t anonymous_bytes = 0;  // now, of its own (RssAnon)
  std::uint64_t peak_bytes = 0;       // the most so far, of any kind (VmHWM)
};
Memory memory_of(pid_t pid);

// Pins every thread of a process to one core. pid 0: this process to every core but that one (where there is another).
void pin(pid_t pid, int core);

}  // namespace annvil::referee
