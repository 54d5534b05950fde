// Writes a system-call filter, as BPF that `bwrap --seccomp` reads, to standard output: `filters compiler|builder|searcher`.
//
// Players are given a list of what they may do: start, map their inputs, compute, say why they end. A builder may start threads
// too. The compiler runs many programs of others, so it is only denied what none of them needs. What is not allowed fails with
// EPERM; clone3, whose flags a filter cannot see, does not exist (ENOSYS), so that libc falls back to clone.
#include <seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace {

// No rseq: the kernel would write to an area that a locked player has made read-only. libc does without.
// What bubblewrap's first process (wait4), prlimit, the loader, libc's start, computing and dying take.
constexpr std::initializer_list<const char*> for_players = {
    "access", "arch_prctl", "brk", "clock_getres", "clock_gettime", "clock_nanosleep", "close", "dup", "execve", "exit",
    "exit_group", "faccessat", "faccessat2", "fcntl", "fstat", "futex", "futex_time64", "getcwd", "getegid", "geteuid",
    "getgid", "getpid", "getppid", "getrandom", "getrlimit", "gettid", "gettimeofday", "getuid", "lseek", "madvise",
    "membarrier", "mremap", "munmap", "nanosleep", "newfstatat", "openat", "poll", "ppoll", "prctl", "pread64",
    "prlimit64", "read", "readlink", "readlinkat", "readv", "restart_syscall", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "sched_getaffinity", "sched_yield", "set_robust_list", "set_tid_address", "sigaltstack", "stat",
    "statfs", "statx", "sysinfo", "tgkill", "time", "uname", "wait4", "write", "writev",
};

// What no compiler, assembler or linker does.
constexpr std::initializer_list<const char*> against_compilers = {
    // other processes' memory
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_open", "pidfd_getfd", "kcmp",
    // doors into the kernel that have often stood open
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl", "add_key",
    "request_key", "seccomp", "modify_ldt", "vm86", "vm86old", "lookup_dcookie", "fanotify_init", "open_by_handle_at",
    "name_to_handle_at", "memfd_secret", "landlock_create_ruleset",
    // namespaces and mounts
    "mount", "umount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree", "move_mount", "fsopen", "fsconfig",
    "fsmount", "fspick", "mount_setattr",
    // the machine
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot", "swapon", "swapoff", "settimeofday",
    "clock_settime", "adjtimex", "clock_adjtime", "iopl", "ioperm", "quotactl", "quotactl_fd", "acct", "syslog", "personality",
    // anything outside
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "memfd_create", "shmget", "msgget", "semget", "mq_open",
    "setpriority", "sched_setaffinity", "sched_setscheduler", "sched_setattr",
};

void require(int result, const std::string& what) {
  if (result < 0) throw std::runtime_error(what + ": error " + std::to_string(-result));
}

// Of names that this architecture does not have there is nothing to say.
void add(scmp_filter_ctx filter, std::uint32_t action, const char* name) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number >= 0) require(seccomp_rule_add(filter, action, number, 0), name);
}

scmp_filter_ctx filter_for(const std::string& whom) {
  const bool compiler = whom == "compiler", builder = whom == "builder";
  if (!compiler && !builder && whom != "searcher") throw std::runtime_error("for whom? compiler, builder or searcher");
  const auto denied = SCMP_ACT_ERRNO(EPERM);
  scmp_filter_ctx filter = seccomp_init(compiler ? SCMP_ACT_ALLOW : denied);
  if (!filter) throw std::runtime_error("libseccomp cannot begin a filter");
  require(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), "clone3");
  if (compiler) {
    for (const char* name : against_compilers) add(filter, denied, name);
    return filter;
  }
  for (const char* name : for_players) add(filter, SCMP_ACT_ALLOW, name);
  // No page is both written and run: what the loader asks for, and no more.
  constexpr scmp_datum_t both = PROT_WRITE | PROT_EXEC;
  for (const scmp_datum_t allowed : {scmp_datum_t{0}, scmp_datum_t{PROT_WRITE}, scmp_datum_t{PROT_EXEC}}) {
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
      require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, both, allowed)), "memory to run");
    }
  }
  // libc asks whether it writes to a terminal.
  require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TCGETS)), "ioctl");
  if (builder) {
    require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)),
            "clone");
  }
  return filter;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const scmp_filter_ctx filter = filter_for(argc == 2 ? argv[1] : "");
    require(seccomp_export_bpf(filter, STDOUT_FILENO), "cannot write the filter");
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
