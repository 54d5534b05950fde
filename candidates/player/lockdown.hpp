// What takes a searching player's freedom away, in two steps: no new code before the candidate prepares, nothing but the workspace
// to write and hardly a system call before it answers. The referee looks from outside whether the second step was taken.
#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#endif

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <stdexcept>

#include "channel.hpp"
#include "system_call.hpp"
#include "workspace.hpp"

namespace annvil {

// A system-call filter, written rule by rule.
class CallFilter {
 public:
  CallFilter() {
    load(offsetof(seccomp_data, arch));
    jump(BPF_JEQ, architecture, 1, 0);
    end(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
  }

  // A condition on the half of an argument: 2 i for the low half of argument i, 2 i + 1 for the high half.
  struct Half {
    std::uint32_t half;
    std::uint16_t test;  // BPF_JEQ or BPF_JSET
    std::uint32_t value;
  };

  // What becomes of a call where all conditions hold.
  CallFilter& rule(long number, std::uint32_t action, std::initializer_list<Half> conditions = {}) {
    const auto rest = static_cast<std::uint8_t>(2 * conditions.size() + 1);
    jump(BPF_JEQ, static_cast<std::uint32_t>(number), 0, rest);
    std::uint8_t left = rest;
    for (const Half& condition : conditions) {
      load(static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + 4 * condition.half);
      left = static_cast<std::uint8_t>(left - 2);
      jump(condition.test, condition.value, 0, left);
    }
    end(action);
    if (conditions.size() > 0) load(offsetof(seccomp_data, nr));
    return *this;
  }

  CallFilter& otherwise(std::uint32_t action) {
    end(action);
    return *this;
  }

  // Writes nothing but the stack. False where the kernel refuses.
  bool install() const {
    const sock_fprog program{static_cast<unsigned short>(size_), const_cast<sock_filter*>(code_.data())};
    return system_call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1) == 0 &&
           system_call(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, reinterpret_cast<long>(&program)) == 0;
  }

 private:
#if defined(__x86_64__)
  static constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#else
  static constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#endif

  void load(std::size_t offset) { add({BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)}); }
  void jump(std::uint16_t test, std::uint32_t value, std::uint8_t then, std::uint8_t otherwise) {
    add({static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), then, otherwise, value});
  }
  void end(std::uint32_t action) { add({BPF_RET | BPF_K, 0, 0, action}); }

  void add(const sock_filter& instruction) { code_.at(size_++) = instruction; }

  // No heap: it would have to be given back after the heap is locked.
  std::array<sock_filter, 64> code_{};
  std::size_t size_ = 0;
};

// From here on no page becomes executable and no other program starts: the code that locks cannot be replaced.
// Throws std::runtime_error.
inline void forbid_new_code() {
  constexpr std::uint32_t denied = SECCOMP_RET_ERRNO | EPERM;
  const CallFilter::Half executable{2 * 2, BPF_JSET, PROT_EXEC};
  const bool installed = CallFilter()
                             .rule(SYS_execve, denied)
                             .rule(SYS_execveat, denied)
                             .rule(SYS_pkey_mprotect, denied)
                             .rule(SYS_mprotect, denied, {executable})
                             .rule(SYS_mmap, denied, {executable})
                             .otherwise(SECCOMP_RET_ALLOW)
                             .install();
  if (!installed) throw std::runtime_error("cannot install a system-call filter");
}

// Says why the process must end, and ends it.
[[noreturn]] inline void end_with(int status, const char* why) {
  system_call(SYS_write, 2, reinterpret_cast<long>(why), static_cast<long>(std::strlen(why)));
  for (;;) system_call(SYS_exit_group, status);
}

inline void explain(int number, siginfo_t* info, void*) {
  if (number == SIGSYS) {
    end_with(forbidden_call_status,
             "a system call was made while answering; search() and refine() only compute: no files, threads, clocks, no memory "
             "from the system\n");
  }
  if (info->si_code == SEGV_ACCERR) {
    end_with(outside_scratch_status,
             "memory other than scratch, found and the stack was written while answering; search() and refine() must not change "
             "the index, keep state, allocate (no new, no growing std::vector) or throw: lay out in the constructor, work in scratch\n");
  }
  // Any other fault is a crash: the handler is gone, and the fault comes again.
}

// Makes `ranges` read-only and leaves the calls that answering takes. Throws std::runtime_error.
inline void lock_down(std::span<const MemoryRange> ranges, Channel& channel) {
#if __has_include(<sys/rseq.h>)
  // The kernel writes to this area whenever the thread is moved, and kills where it cannot.
  if (__rseq_size != 0) {
    const long area = reinterpret_cast<long>(__builtin_thread_pointer()) + __rseq_offset;
    if (system_call(SYS_rseq, area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) != 0) throw std::runtime_error("cannot give up rseq");
  }
#endif
  struct sigaction action{};
  action.sa_sigaction = explain;
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND | SA_NODEFER);
  if (sigaction(SIGSEGV, &action, nullptr) != 0 || sigaction(SIGSYS, &action, nullptr) != 0) {
    throw std::runtime_error("cannot set a signal handler");
  }
  const CallFilter::Half in_workspace{2 * 0 + 1, BPF_JEQ, static_cast<std::uint32_t>(Workspace::address >> 32)};
  const CallFilter filter = CallFilter()
                                .rule(SYS_futex, SECCOMP_RET_ALLOW)
                                .rule(SYS_madvise, SECCOMP_RET_ALLOW, {in_workspace, {2 * 1 + 1, BPF_JEQ, 0}, {2 * 2, BPF_JEQ, MADV_DONTNEED}})
                                .rule(SYS_write, SECCOMP_RET_ALLOW, {{2 * 0, BPF_JEQ, 2}})
                                .rule(SYS_rt_sigreturn, SECCOMP_RET_ALLOW)
                                .rule(SYS_restart_syscall, SECCOMP_RET_ALLOW)
                                .rule(SYS_exit_group, SECCOMP_RET_ALLOW)
                                .otherwise(SECCOMP_RET_TRAP);
  // From here on nothing but the stack is written: the ranges hold the rest.
  const auto protect = [](std::uint64_t begin, std::uint64_t end) {
    if (system_call(SYS_mprotect, static_cast<long>(begin), static_cast<long>(end - begin), PROT_READ) != 0) {
      end_with(1, "memory could not be made read-only\n");
    }
  };
  for (const MemoryRange& range : ranges) protect(range.begin, range.end);
  protect(reinterpret_cast<std::uint64_t>(channel.queries()), reinterpret_cast<std::uint64_t>(channel.answers()));
  if (!filter.install()) end_with(1, "cannot install a system-call filter\n");
}

}  // namespace annvil
