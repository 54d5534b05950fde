// A served index as the referee examines it: a sandboxed child that answers messages over a socket.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../player/learned/exchange.hpp"
#include "../player.hpp"

namespace annvil::referee {

class Examinee {
 public:
  // Starts the command with the trained index and its end of the socket as descriptors 3 and 4, and waits until it is ready. Throws Failure.
  Examinee(const std::vector<std::string>& argv, int index_fd, double limit_seconds) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("cannot make a socket pair");
    socket_ = Descriptor(ends[0]);
    const Descriptor theirs(ends[1]);
    child_ = Child(argv, {index_fd, theirs.get()});
    receive(limit_seconds, 0);
  }
  Examinee(const Examinee&) = delete;
  Examinee& operator=(const Examinee&) = delete;

  // What it answers to a message. Throws Failure: crashed, timed-out, or tampered where the reply is longer than `longest` bytes.
  Message ask(std::span<const std::byte> request, std::size_t longest, double limit_seconds) {
    const double before = cpu_seconds();
    const auto length = static_cast<std::uint32_t>(request.size());
    Message framed;
    framed.reserve(request.size() + sizeof length);
    append(framed, length);
    append(framed, request);
    const double deadline = now() + limit_seconds;
    std::span<const std::byte> left = framed;
    while (!left.empty()) {
      await(POLLOUT, deadline, limit_seconds);
      const ssize_t sent = send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (sent <= 0) throw gone();
      left = left.subspan(static_cast<std::size_t>(sent));
    }
    Message reply = receive(deadline - now(), longest);
    answering_seconds_ += cpu_seconds() - before;
    return reply;
  }

  // CPU seconds it has spent on its answers so far, all threads.
  double answering_seconds() const { return answering_seconds_; }

 private:
  double cpu_seconds() {
    const pid_t pid = child_.player_pid();
    return pid == 0 ? 0 : cpu_seconds_of(pid);
  }

  Failure gone() {
    const double deadline = now() + 2;
    while (child_.running() && now() < deadline) usleep(1000);
    if (child_.running()) return {"tampered", "the served index closed its socket and went on", "closed-the-socket", 0};
    if (child_.ending().code == 0) return {"tampered", "the served index ended before it had answered", "ended-early", 0};
    return failure_of(child_);
  }

  void await(short event, double deadline, double limit_seconds) {
    for (;;) {
      const double left = deadline - now();
      if (left <= 0) throw Failure{"timed-out", child_.stderr_tail(), "", limit_seconds};
      pollfd wanted{socket_.get(), event, 0};
      const int ready = poll(&wanted, 1, static_cast<int>(std::min(left, 0.1) * 1000) + 1);
      child_.drain();
      if (ready > 0) return;
    }
  }

  Message receive(double limit_seconds, std::size_t longest) {
    const double deadline = now() + limit_seconds;
    const auto get = [&](void* to, std::size_t bytes) {
      auto* at = static_cast<std::byte*>(to);
      while (bytes > 0) {
        await(POLLIN, deadline, limit_seconds);
        const ssize_t got = recv(socket_.get(), at, bytes, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) throw gone();
        at += got, bytes -= static_cast<std::size_t>(got);
      }
    };
    std::uint32_t length = 0;
    get(&length, sizeof length);
    if (length > longest) throw Failure{"tampered", "an answer of " + std::to_string(length) + " bytes where " + std::to_string(longest) + " are the most", "answers-too-long", 0};
    Message message(length);
    if (length > 0) get(message.data(), length);
    return message;
  }

  Descriptor socket_;
  Child child_;
  double answering_seconds_ = 0;
};

}  // namespace annvil::referee
