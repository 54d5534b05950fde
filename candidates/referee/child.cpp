#include "child.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace annvil::referee {
namespace {

constexpr std::size_t tail_bytes = 16384;
constexpr int first_handed_fd = 3;

std::pair<Descriptor, Descriptor> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe: " + std::string(std::strerror(errno)));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// Reads what is there without waiting.
std::string read_available(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = read(fd, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() >= 16 * tail_bytes) break;  // a flood must not keep the referee here
  }
  return text;
}

// In the child, between fork and exec: give each handed descriptor its number and close the rest.
[[noreturn]] void become(const std::vector<char*>& argv, const std::vector<int>& handed, int error_fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setsid();
  setpriority(PRIO_PROCESS, 0, 0);
  // First out of the way of the target numbers, then into place.
  std::vector<int> high;
  for (const int fd : handed) high.push_back(fcntl(fd, F_DUPFD, 100));
  const int error_high = fcntl(error_fd, F_DUPFD, 100);
  const int null = open("/dev/null", O_RDWR);
  dup2(null, 0);
  dup2(null, 1);
  dup2(error_high, 2);
  for (std::size_t i = 0; i < high.size(); ++i) dup2(high[i], first_handed_fd + static_cast<int>(i));
  close_range(first_handed_fd + static_cast<unsigned>(high.size()), ~0u, 0);
  execvp(argv[0], argv.data());
  std::fprintf(stderr, "cannot run %s: %s\n", argv[0], std::strerror(errno));
  _exit(127);
}

// Descendants, whichever thread started them.
int processes_below_pid(pid_t pid) {
  int count = 0;
  std::error_code gone;  // a process may end while it is looked at
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
    std::ifstream children(task.path() / "children");
    for (pid_t child; children >> child;) count += 1 + processes_below_pid(child);
  }
  return count;
}

pid_t only_child_of(pid_t pid) {
  const std::string id = std::to_string(pid);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  pid_t child = 0;
  children >> child;
  return child;
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

Child::Child(const std::vector<std::string>& argv, const std::vector<int>& handed) {
  auto [error_read, error_write] = make_pipe();
  auto [info_read, info_write] = make_pipe();
  fcntl(error_read.get(), F_SETFL, O_NONBLOCK);
  fcntl(info_read.get(), F_SETFL, O_NONBLOCK);
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::vector<int> with_info(handed);
  with_info.push_back(info_write.get());
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork: " + std::string(std::strerror(errno)));
  if (pid_ == 0) become(arguments, with_info, error_write.get());
  ended_ = false;
  stderr_ = std::move(error_read);
  info_ = std::move(info_read);
}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(init_pid_, other.init_pid_);
  std::swap(ended_, other.ended_);
  std::swap(ending_, other.ending_);
  std::swap(stderr_, other.stderr_);
  std::swap(info_, other.info_);
  std::swap(tail_, other.tail_);
  std::swap(info_text_, other.info_text_);
  return *this;
}

bool Child::running() {
  if (ended_) return false;
  drain();
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  drain();
  ended_ = true;
  ending_.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return false;
}

void Child::kill_tree() {
  if (ended_) return;
  kill(-pid_, SIGKILL);
  kill(pid_, SIGKILL);
  while (running()) usleep(200);
}

void Child::drain() {
  tail_ += read_available(stderr_.get());
  if (tail_.size() > tail_bytes) tail_.erase(0, tail_.size() - tail_bytes);
}

pid_t Child::player_pid() {
  info_text_ += read_available(info_.get());
  const auto key = info_text_.find("\"child-pid\"");
  if (key == std::string::npos) {
    // Unsandboxed, the command is the player; sandboxed, the pipe speaks before the player runs.
    return info_text_.empty() ? pid_ : 0;
  }
  const auto colon = info_text_.find(':', key);
  init_pid_ = static_cast<pid_t>(std::atoi(info_text_.c_str() + colon + 1));
  return only_child_of(init_pid_);
}

int Child::processes_below() const { return processes_below_pid(pid_); }

int threads_of(pid_t pid) {
  std::error_code gone;
  const std::filesystem::directory_iterator tasks("/proc/" + std::to_string(pid) + "/task", gone);
  return static_cast<int>(std::distance(begin(tasks), end(tasks)));
}

double cpu_seconds_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

namespace {

double core_wait_in(const std::string& path) {
  std::ifstream schedule(path);
  std::uint64_t running = 0, waiting = 0;
  schedule >> running >> waiting;
  return 1e-9 * static_cast<double>(waiting);
}

}  // namespace

double core_wait_of(pid_t pid) { return core_wait_in("/proc/" + std::to_string(pid) + "/schedstat"); }

double own_core_wait() { return core_wait_in("/proc/thread-self/schedstat"); }

void take_precedence() { setpriority(PRIO_PROCESS, 0, -20); }

Memory memory_of(pid_t pid) {
  Memory memory;
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    const auto bytes = [&] { return std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10) * 1024; };
    if (line.rfind("RssAnon:", 0) == 0) memory.anonymous_bytes = bytes();
    if (line.rfind("VmHWM:", 0) == 0) memory.peak_bytes = bytes();
  }
  return memory;
}

void pin(pid_t pid, int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (pid != 0) {
    CPU_SET(core, &cores);
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
      sched_setaffinity(std::atoi(task.path().filename().c_str()), sizeof cores, &cores);
    }
    return;
  }
  sched_getaffinity(0, sizeof cores, &cores);
  if (CPU_COUNT(&cores) > 1) CPU_CLR(core, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

}  // namespace annvil::referee
