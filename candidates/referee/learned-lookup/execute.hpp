// Executes what a trained index asks for. Ranking and looking up are done by separate processes, and a model is told nothing but the query
// and what earlier lookups have read.
#pragma once

#include "../../player/learned-lookup/messages.hpp"
#include "../../player/learned-lookup/model.hpp"
#include "../learned/examinee.hpp"
#include "structure.hpp"

namespace annvil::referee {

inline constexpr double answer_seconds = 300;

// What is wrong with a model for this problem throws Failure or OverLimit.
inline void validate(const lookup::Model& model, const LookupProblem& problem, std::size_t most_parameters) {
  const auto must = [](bool holds, const char* rule, const std::string& otherwise) {
    if (!holds) throw Failure{"tampered", otherwise, rule, 0};
  };
  if (model.parameters() > most_parameters)
    throw OverLimit{"index-bytes", static_cast<double>(most_parameters) * sizeof(float),
                    static_cast<double>(model.parameters()) * sizeof(float)};
  must(model.ranker.in() == problem.dimension && model.ranker.out() == problem.outputs(), "wrong-ranker",
       "the ranker has other inputs or outputs than the problem");
  must(model.queries.size() == problem.lookups, "wrong-lookups",
       std::to_string(model.queries.size()) + " query models for " + std::to_string(problem.lookups) + " lookups");
  must(problem.adaptive || model.encoding == HistoryEncoding::none, "adaptive", "a non-adaptive index that is told the history");
  for (std::uint32_t i = 0; i < problem.lookups; ++i) {
    const bool fits =
        model.queries[i].inputs() == history_width(problem, model.encoding, i) && model.queries[i].outputs() == problem.positions();
    must(fits, "wrong-query-model",
         "query model " + std::to_string(i + 1) + " wants to be told more than query and history, or reads other positions than there are");
  }
  must(model.extra.has_value() == (problem.extra > 0), "wrong-extra", "extra vectors where none are allowed, or none where they are");
  if (model.extra) {
    const bool fits =
        model.extra->inputs() == problem.points * problem.dimension && model.extra->outputs() == problem.extra * problem.dimension;
    must(fits, "wrong-extra", "other extra vectors than are allowed");
  }
}

class Execution {
 public:
  Execution(const std::vector<std::string>& argv, int index_fd, const Trial& trial, HistoryEncoding encoding)
      : argv_(argv), index_fd_(index_fd), trial_(trial), problem_(trial.problem), encoding_(encoding) {}

  // Has the datasets arranged and extra vectors written, by a process that never sees a query.
  Structure arranged() const {
    Examinee examinee(argv_, index_fd_, answer_seconds);
    Structure structure(problem_, trial_.datasets);
    const Table outputs = ask_datasets(examinee, lookup::Question::rank, trial_.points, problem_.points * problem_.outputs());
    for (std::size_t i = 0; i < trial_.datasets; ++i) {
      // Without permutation what the ranker says is what is stored, and no point of the dataset.
      if (problem_.permutes) structure.store_all(trial_, i, ascending(outputs[i]));
      else std::ranges::copy(outputs[i], structure.memory[i].begin());
    }
    if (problem_.extra == 0) return structure;
    const std::uint32_t width = problem_.points * problem_.dimension;
    Table stored(width, trial_.datasets);
    for (std::size_t i = 0; i < trial_.datasets; ++i) std::ranges::copy(structure.memory[i].first(width), stored[i].begin());
    const Table extra = ask_datasets(examinee, lookup::Question::write_extra, stored, problem_.extra * problem_.dimension);
    for (std::size_t i = 0; i < trial_.datasets; ++i) std::ranges::copy(extra[i], structure.memory[i].begin() + width);
    return structure;
  }

  // Has every query looked up, lookup by lookup, by a process that never sees a dataset: what a position holds is read here, one a lookup.
  Lookups looked_up(const Structure& structure) const {
    Examinee examinee(argv_, index_fd_, answer_seconds);
    const std::size_t queries = trial_.query_count();
    const std::uint32_t step = history_step(problem_, encoding_);
    Table told(history_width(problem_, encoding_, problem_.lookups), queries);
    for (std::size_t query = 0; query < queries; ++query) std::ranges::copy(trial_.queries[query], told[query].begin());
    Lookups lookups;
    for (std::uint32_t i = 0; i < problem_.lookups; ++i) {
      const std::uint32_t width = history_width(problem_, encoding_, i);
      std::vector<std::uint32_t> positions;
      for (std::size_t first = 0; first < queries; first += batch) {
        const auto count = static_cast<std::uint32_t>(std::min(batch, queries - first));
        Message request = question(lookup::Question::look);
        append(request, i), append(request, count);
        for (std::size_t query = first; query < first + count; ++query) append(request, std::span<const float>(told[query].first(width)));
        const Message reply = examinee.ask(request, count * sizeof(std::uint32_t), answer_seconds);
        for (const std::uint32_t position : answers<std::uint32_t>(reply, count)) {
          if (position >= problem_.positions())
            throw Failure{"tampered", "a lookup of position " + std::to_string(position), "out-of-range", 0};
          positions.push_back(position);
        }
        report_progress(i * queries + first + count, problem_.lookups * queries);
      }
      for (std::size_t query = 0; query < queries && step > 0; ++query)
        tell(problem_, encoding_, trial_.queries[query], positions[query], structure.at(trial_.dataset_of(query), positions[query]),
             told[query].subspan(width, step));
      lookups.push_back(std::move(positions));
    }
    return lookups;
  }

 private:
  static constexpr std::size_t batch = 4096;

  static Message question(lookup::Question kind) {
    Message request;
    append(request, static_cast<std::uint32_t>(kind));
    return request;
  }

  template <class T>
  static std::vector<T> answers(const Message& reply, std::size_t count) {
    if (reply.size() != count * sizeof(T))
      throw Failure{"tampered", "an answer of " + std::to_string(reply.size()) + " bytes", "malformed-answer", 0};
    std::span<const std::byte> left = reply;
    return take<T>(left, count);
  }

  Table ask_datasets(Examinee& examinee, lookup::Question kind, const Table& rows, std::uint32_t width) const {
    Table result(width, trial_.datasets);
    for (std::size_t first = 0; first < trial_.datasets; first += batch) {
      const auto count = static_cast<std::uint32_t>(std::min(batch, trial_.datasets - first));
      Message request = question(kind);
      append(request, count);
      append(request, std::span(rows.values).subspan(first * rows.width, std::size_t{count} * rows.width));
      const std::size_t floats = std::size_t{count} * width;
      for (std::size_t i = 0; const float value : answers<float>(examinee.ask(request, floats * sizeof(float), answer_seconds), floats)) {
        if (!std::isfinite(value)) throw Failure{"tampered", "a ranker or writer says what is no number", "not-finite", 0};
        result.values[first * width + i++] = value;
      }
    }
    return result;
  }

  const std::vector<std::string>& argv_;
  int index_fd_;
  const Trial& trial_;
  const LookupProblem& problem_;
  HistoryEncoding encoding_;
};

}  // namespace annvil::referee
