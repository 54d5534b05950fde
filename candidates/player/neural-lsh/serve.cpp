// The player that answers: which bins a query looks into, at each of some efforts. It is handed the routers and the bins' sizes, and
// neither base vectors nor which of them lie where.
//
// A message: uint32 queries, efforts, branches; the efforts; the queries' floats, dimension each. The reply: for each query and effort,
// uint32 count and so many bins.
#include <algorithm>
#include <vector>

#include <annvil/neural-lsh/probing.hpp>

// Before the candidate's header, so that nothing in it can change what these mean.
#include "../learned/serve_main.hpp"
#include "routers.hpp"

#include <candidate/probing.hpp>

namespace {

using namespace annvil;

static_assert(ProbingCandidate<candidate::Probing>);

class Index {
 public:
  explicit Index(const Sections& sections)
      : routers_(sections),
        sizes_(sections.values<std::uint32_t>("sizes")),
        probing_(sizes_),
        scores_(routers_.bins()),
        bins_(routers_.bins()) {
    if (sizes_.size() != routers_.bins()) throw std::runtime_error("the index has sizes of other bins");
  }

  void answer(std::span<const std::byte> request, Message& reply) {
    const auto head = take<std::uint32_t>(request, 3);
    const auto efforts = take<std::uint32_t>(request, head[1]);
    for (std::uint32_t query = 0; query < head[0]; ++query) {
      const auto vector = take<float>(request, routers_.dimension());
      routers_.score(vector.data(), head[2], scores_);
      for (const std::uint32_t effort : efforts) {
        const std::uint32_t count = probing_.probe(scores_, effort, bins_);
        append(reply, count);
        append(reply, std::span<const std::uint32_t>(bins_).first(std::min<std::size_t>(count, bins_.size())));
      }
    }
  }

 private:
  neural_lsh::Routers routers_;
  std::span<const std::uint32_t> sizes_;
  candidate::Probing probing_;
  std::vector<float> scores_;
  std::vector<std::uint32_t> bins_;
};

}  // namespace

int main() {
  return annvil::serve_main([](const annvil::Sections& sections) { return Index(sections); });
}
