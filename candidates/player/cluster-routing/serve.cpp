// Serves a cluster-routing index: orders the clusters for a query, and says when enough have been fetched. It sees no base vector.
#include <cmath>
#include <optional>

#include <annvil/cluster-routing/stop-rule.hpp>
#include <annvil/learned/network.hpp>

#include <candidate/stop-rule.hpp>

#include "../learned/serve_main.hpp"
#include "messages.hpp"

static_assert(annvil::StopRuleCandidate<candidate::StopRule>);

namespace {

using namespace annvil;

// Softmax of the first `count` of logits, in place, in a form that does not overflow.
void softmax(std::span<float> logits) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float& value : logits) sum += value = std::exp(value - largest);
  for (float& value : logits) value = static_cast<float>(value / sum);
}

// One query under way.
struct Route {
  std::vector<Chance> order;
  float expected_log_squared, deviation_log_squared;
  std::size_t counted = 0;  // clusters whose probability is in `probability`
  float probability = 0;
  std::uint32_t content = 0;  // efforts that have stopped
};

class Router {
 public:
  explicit Router(const Sections& sections)
      : network_(Network::parse(sections.values<float>("network"))), scratch_(network_.scratch_floats()) {
    const auto offsets = sections.values<std::uint32_t>("offsets");
    for (std::size_t c = 0; c + 1 < offsets.size(); ++c) sizes_.push_back(offsets[c + 1] - offsets[c]);
    rule_.emplace(sizes_);
    if (network_.outputs() != sizes_.size() + 2) throw std::runtime_error("the network has other outputs than there are clusters");
  }

  void answer(std::span<const std::byte> request, Message& reply) {
    const auto kind = take<routing::Kind>(request, 1)[0];
    if (kind == routing::Kind::questions) {
      const auto head = take<std::uint32_t>(request, 3);
      if (head[2] != network_.inputs()) throw std::runtime_error("queries of another dimension");
      efforts_ = head[0];
      routes_.clear();
      for (std::uint32_t i = 0; i < head[1]; ++i) {
        routes_.push_back(begin(take<float>(request, head[2])));
        for (const Chance& chance : routes_.back().order) append(reply, chance.cluster);
      }
    } else {
      const auto count = take<std::uint32_t>(request, 1)[0];
      for (const routing::Fetch& fetch : take<routing::Fetch>(request, count)) append(reply, content(fetch));
    }
  }

 private:
  Route begin(const std::vector<float>& query) {
    std::vector<float> outputs(network_.outputs());
    network_.run(query.data(), outputs.data(), scratch_);
    softmax(std::span(outputs).first(sizes_.size()));
    Route route{{}, outputs[sizes_.size()], std::exp(outputs[sizes_.size() + 1])};
    for (std::uint32_t c = 0; c < sizes_.size(); ++c) route.order.push_back({c, outputs[c], sizes_[c]});
    rule_->order(route.order);
    return route;
  }

  std::uint32_t content(const routing::Fetch& fetch) {
    Route& route = routes_.at(fetch.query);
    for (; route.counted < fetch.clusters; ++route.counted) route.probability += route.order.at(route.counted).probability;
    const Fetched fetched{route.order,
                          fetch.clusters,
                          fetch.vectors,
                          route.probability,
                          fetch.best_squared,
                          route.expected_log_squared,
                          route.deviation_log_squared};
    while (route.content < efforts_ && (fetch.clusters >= route.order.size() || rule_->stop(fetched, route.content + 1))) ++route.content;
    return route.content;
  }

  Network network_;
  std::vector<float> scratch_;
  std::vector<std::uint32_t> sizes_;
  std::optional<candidate::StopRule> rule_;
  std::uint32_t efforts_ = 0;
  std::vector<Route> routes_;
};

}  // namespace

int main() {
  return serve_main([](const Sections& sections) { return Router(sections); });
}
