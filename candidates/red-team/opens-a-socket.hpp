// Crime: tries to send what it saw to the network.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <cstdlib>

#include <annvil/refinement.hpp>

namespace candidate {

template <annvil::Metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors) {}
  std::size_t scratch_bytes(std::uint32_t, std::uint32_t) const { return 0; }
  void refine(const float*, std::span<const annvil::Neighbour> candidates, std::span<std::byte>,
              std::span<annvil::NodeId> nearest) const {
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(47813);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
    for (std::size_t i = 0; i < nearest.size() && i < candidates.size(); ++i) nearest[i] = candidates[i].id;
  }
};

}  // namespace candidate
