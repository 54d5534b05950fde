// The served learned lookup: runs what was trained. No slot's code runs here: the networks are all that a training leaves.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include "../learned/serve_main.hpp"
#include "messages.hpp"
#include "model.hpp"

namespace {

using annvil::lookup::Question;

class Lookups {
 public:
  explicit Lookups(const annvil::Sections& sections) : model_(annvil::lookup::read_model(sections)) {}

  void answer(std::span<const std::byte> request, annvil::Message& reply) {
    switch (static_cast<Question>(one(request))) {
      case Question::rank: return rank(request, reply);
      case Question::write_extra: return write_extra(request, reply);
      case Question::look: return look(request, reply);
    }
    throw std::runtime_error("no such question");
  }

 private:
  static std::uint32_t one(std::span<const std::byte>& request) { return annvil::take<std::uint32_t>(request, 1)[0]; }

  void rank(std::span<const std::byte> request, annvil::Message& reply) const {
    const std::uint32_t count = one(request);
    const std::size_t floats = request.size() / sizeof(float) / count, points = floats / model_.ranker.in();
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::vector<float> outputs = model_.ranker.run(annvil::take<float>(request, floats), points);
      annvil::append(reply, std::span<const float>(outputs));
    }
  }

  void write_extra(std::span<const std::byte> request, annvil::Message& reply) const {
    const std::uint32_t count = one(request);
    std::vector<float> out(model_.extra.value().outputs()), scratch(model_.extra->scratch_floats());
    for (std::uint32_t i = 0; i < count; ++i) {
      model_.extra->run(annvil::take<float>(request, model_.extra->inputs()).data(), out.data(), scratch);
      annvil::append(reply, std::span<const float>(out));
    }
  }

  void look(std::span<const std::byte> request, annvil::Message& reply) const {
    const annvil::Network& network = model_.queries.at(one(request));
    const std::uint32_t count = one(request);
    std::vector<float> logits(network.outputs()), scratch(network.scratch_floats());
    for (std::uint32_t i = 0; i < count; ++i) {
      network.run(annvil::take<float>(request, network.inputs()).data(), logits.data(), scratch);
      annvil::append(reply, static_cast<std::uint32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
    }
  }

  annvil::lookup::Model model_;
};

}  // namespace

int main() {
  return annvil::serve_main([](const annvil::Sections& sections) { return Lookups(sections); });
}
