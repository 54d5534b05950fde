// Asks a served index which clusters it wants, fetches them, and lets it decide when it has enough: batch by batch, all efforts at once.
#pragma once

#include <span>
#include <vector>

#include "../../player/cluster-routing/messages.hpp"
#include "../learned/examinee.hpp"
#include "probing.hpp"

namespace annvil::referee {

struct Interview {
  std::vector<FetchTally> tallies;
  // [query][effort]: clusters fetched; and [query]: the order wanted. For who reads the same from disk.
  std::vector<std::vector<std::uint32_t>> fetched, orders;
  std::vector<std::uint32_t> answered;  // queries, by effort
};

namespace interviewing {

inline constexpr std::uint32_t batch = 512;
inline constexpr double limit_seconds = 60;

template <class T>
std::vector<T> values_of(const Message& message) {
  std::vector<T> values(message.size() / sizeof(T));
  std::memcpy(values.data(), message.data(), values.size() * sizeof(T));
  return values;
}

inline Failure nonsense(const std::string& detail) { return {"tampered", detail, "answers-out-of-range", 0}; }

// The orders wanted for queries [from, from + count), each checked to name every cluster once.
inline std::vector<std::vector<std::uint32_t>> orders(Examinee& examinee, const RoutingExam& exam, std::uint32_t clusters,
                                                      std::uint32_t efforts, std::uint32_t from, std::uint32_t count) {
  Message request;
  append(request, routing::Kind::questions);
  for (const std::uint32_t field : {efforts, count, exam.base().dimension}) append(request, field);
  for (std::uint32_t i = 0; i < count; ++i) append(request, std::span(exam.query(from + i), exam.base().dimension));
  const auto wanted = values_of<std::uint32_t>(examinee.ask(request, std::size_t{count} * clusters * 4, limit_seconds));
  if (wanted.size() != std::size_t{count} * clusters) throw nonsense("an order of other clusters than there are");
  std::vector<std::vector<std::uint32_t>> result;
  for (std::uint32_t i = 0; i < count; ++i) {
    auto& order = result.emplace_back(wanted.begin() + std::size_t{i} * clusters, wanted.begin() + std::size_t{i + 1} * clusters);
    std::vector<bool> seen(clusters);
    for (const std::uint32_t cluster : order) {
      if (cluster >= clusters || seen[cluster]) throw nonsense("an order that does not name every cluster once");
      seen[cluster] = true;
    }
  }
  return result;
}

}  // namespace interviewing

// Throws Failure.
inline Interview interview(Examinee& examinee, const Probing& probing, std::uint32_t clusters, std::uint32_t efforts) {
  using namespace interviewing;
  const RoutingExam& exam = probing.exam();
  Interview result{referee::tallies(efforts, exam.queries()),
                   std::vector(exam.queries(), std::vector<std::uint32_t>(efforts)),
                   {},
                   std::vector<std::uint32_t>(efforts)};
  for (std::uint32_t from = 0; from < exam.queries(); from += batch) {
    const std::uint32_t count = std::min(batch, exam.queries() - from);
    const auto wanted = orders(examinee, exam, clusters, efforts, from, count);
    std::vector<Tour> tours(count);
    std::vector<std::uint32_t> content(count, 0);
    for (std::uint32_t step = 0; step < clusters; ++step) {
      std::vector<routing::Fetch> fetches;
      for (std::uint32_t i = 0; i < count; ++i) {
        if (content[i] == efforts) continue;
        tours[i].fetch(probing, from + i, wanted[i][step]);
        fetches.push_back({i, tours[i].clusters, tours[i].vectors, tours[i].best_squared});
      }
      if (fetches.empty()) break;
      Message request;
      append(request, routing::Kind::fetched);
      append(request, static_cast<std::uint32_t>(fetches.size()));
      append(request, std::span<const routing::Fetch>(fetches));
      const auto said = values_of<std::uint32_t>(examinee.ask(request, fetches.size() * 4, limit_seconds));
      if (said.size() != fetches.size()) throw nonsense("an answer about other queries than were asked about");
      for (std::size_t at = 0; at < fetches.size(); ++at) {
        const std::uint32_t i = fetches[at].query;
        const Tour& tour = tours[i];
        // With every cluster fetched nobody can go on.
        const std::uint32_t stopped = tour.clusters == clusters ? efforts : said[at];
        if (stopped > efforts || stopped < content[i]) throw nonsense("more efforts content than there are, or fewer than before");
        for (; content[i] < stopped; ++content[i]) {
          result.tallies[content[i]].set(exam, from + i, tour);
          result.answered[content[i]] += exam.answers(from + i, tour.best_squared);
          result.fetched[from + i][content[i]] = tour.clusters;
        }
      }
    }
    result.orders.insert(result.orders.end(), wanted.begin(), wanted.end());
  }
  return result;
}

}  // namespace annvil::referee
