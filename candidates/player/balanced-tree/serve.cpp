// Serves balanced trees: for each query and effort, what the candidate's beam search opens. It knows the routers, and neither vectors nor
// leaves' members.
#include "../learned/serve_main.hpp"
#include "messages.hpp"

#include <annvil/balanced-tree/beam.hpp>

#include <map>
#include <memory>
#include <utility>

#include <candidate/beam.hpp>

static_assert(annvil::BeamCandidate<candidate::Beam>);

namespace {

using namespace annvil;

class Index {
 public:
  explicit Index(const Sections& sections) : sections_(sections) {
    const auto shape = sections.values<std::uint32_t>("shape");
    if (shape.size() != 4) throw std::runtime_error("the trained index says no shape");
    vectors_ = static_cast<std::uint32_t>(sections.values<std::uint32_t>("leaves.0").size());
  }

  void answer(std::span<const std::byte> request, Message& reply) {
    const Ask ask = take<Ask>(request, 1)[0];
    const auto efforts = take<std::uint32_t>(request, ask.efforts);
    const Searcher& searcher = searcher_of(ask.cycle, ask.trees);
    std::vector<Opened> opened;
    for (std::uint32_t i = 0; i < ask.queries; ++i) {
      const auto query = take<float>(request, ask.dimension);
      for (const std::uint32_t effort : efforts) {
        opened.clear();
        const Choice choice = searcher.beam.search(query.data(), effort, opened);
        append(reply, Answer{choice.least, choice.most, static_cast<std::uint32_t>(opened.size())});
        append(reply, std::span<const Opened>(opened));
      }
    }
  }

 private:
  struct Searcher {
    std::vector<Decoder> trees;
    candidate::Beam beam;
    Searcher(std::vector<Decoder> decoders, std::uint32_t vectors)
        : trees(std::move(decoders)), beam(std::span<const Decoder>(trees), vectors) {}
  };

  const Searcher& searcher_of(std::uint32_t cycle, std::uint32_t trees) {
    auto& searcher = searchers_[{cycle, trees}];
    if (!searcher) {
      std::vector<Decoder> decoders;
      for (std::uint32_t t = 0; t < trees; ++t)
        decoders.push_back(Decoder::parse(sections_.values<float>(prefix_of(cycle) + "decoder." + std::to_string(t))));
      searcher = std::make_unique<Searcher>(std::move(decoders), vectors_);
    }
    return *searcher;
  }

  const Sections& sections_;
  std::uint32_t vectors_ = 0;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::unique_ptr<Searcher>> searchers_;
};

}  // namespace

int main() {
  return annvil::serve_main([](const Sections& sections) { return Index(sections); });
}
