// What every served index' main() does around its slots: map the trained index, answer messages until there are no more.
#pragma once

#include <cstdio>
#include <exception>
#include <new>

#include "exchange.hpp"
#include "sections.hpp"

namespace annvil {

inline constexpr int serve_out_of_memory_status = 77;

// `make(const Sections&)` gives an object whose `answer(std::span<const std::byte> request, Message& reply)` is called for each message.
// A first, empty message is sent when it is ready.
template <class Make>
int serve_main(Make&& make) {
  try {
    const Mapping file(serve_fd::index, "trained index");
    const Sections sections(file);
    auto index = make(sections);
    Exchange exchange;
    exchange.send({});
    Message request, reply;
    while (exchange.receive(request)) {
      reply.clear();
      index.answer(request, reply);
      exchange.send(reply);
    }
    return 0;
  } catch (const std::bad_alloc&) {
    return serve_out_of_memory_status;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}

}  // namespace annvil
