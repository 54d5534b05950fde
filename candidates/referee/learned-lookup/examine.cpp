// Examines a trained learned lookup, or a baseline on the same datasets and queries.
#include <bit>

#include "baselines.hpp"
#include "execute.hpp"
#include "judge.hpp"
#include "separators.hpp"

namespace annvil::referee {
namespace {

Trial trial_of(const Json& request) {
  return TrialSource(request).draw(problem_of(request), request.at("datasets"), request.at("queries"), request.at("seed"));
}

Json examined(const Json& request) {
  const Trial trial = trial_of(request);
  const Descriptor index = open_file(request.at("index"));
  const lookup::Model model = fault_of_candidate([&] {
    const Mapping file(index.get(), "trained index");
    return lookup::read_model(Sections(file));
  });
  validate(model, trial.problem, request.at("maxParameters"));
  const std::vector<std::string> argv = request.at("argv");
  const Execution execution(argv, index.get(), trial, model.encoding);
  const Structure structure = execution.arranged();
  const Lookups lookups = execution.looked_up(structure);
  Json answer = judged_with_pictures(trial, structure, lookups);
  answer["facts"]["parameters"] = model.parameters();
  answer["facts"]["modelBytes"] = model.parameters() * sizeof(float);
  if (request.value("separators", false)) add_separators(answer, trial, lookups.front());
  return answer;
}

// A baseline's lookups into what it stores, and their scores.
template <class Baseline>
Json baseline_judged(const Trial& trial, const Baseline& baseline, bool pictures = true) {
  Structure structure(trial.problem, trial.datasets);
  for (std::size_t i = 0; i < trial.datasets; ++i) {
    structure.store_all(trial, i, baseline.order(i));
    if constexpr (requires { baseline.kept(i, 0u); })
      for (std::uint32_t t = 0; t < trial.problem.extra; ++t) structure.store(trial, i, trial.problem.points + t, baseline.kept(i, t));
  }
  Lookups lookups(trial.problem.lookups, std::vector<std::uint32_t>(trial.query_count(), no_point));
  for (std::size_t query = 0; query < trial.query_count(); ++query) {
    const std::size_t dataset = trial.dataset_of(query);
    const Read read = [&, made = std::size_t{0}](std::uint32_t position) mutable {
      lookups.at(made++)[query] = position;
      return std::span<const float>(structure.at(dataset, position));
    };
    baseline.look(dataset, trial.queries[query], trial.problem.lookups, read);
  }
  return pictures ? judged_with_pictures(trial, structure, lookups) : judged(trial, structure, lookups);
}

double mean_accuracy(const Json& judged) {
  double sum = 0;
  for (const Json& point : judged["points"])
    for (const double recall : point["recall"]) sum += recall;
  return sum;
}

// With the number of bits that is best on datasets of its own.
Json best_sim_hash(const Json& request, const Trial& trial) {
  const std::uint64_t seed = request.at("seed");
  const Trial tuning = TrialSource(request).draw(trial.problem, trial.datasets, 1, seed + 1);
  std::uint32_t best = 1;
  double most = -1;
  for (std::uint32_t bits = 1; bits <= static_cast<std::uint32_t>(std::bit_width(trial.problem.points)) - 1; ++bits) {
    const double accuracy = mean_accuracy(baseline_judged(tuning, SimHash(tuning, bits, seed), false));
    if (accuracy > most) most = accuracy, best = bits;
  }
  Json answer = baseline_judged(trial, SimHash(trial, best, seed));
  answer["facts"]["bits"] = best;
  return answer;
}

Json baseline(const Json& request, const std::string& method) {
  const Trial trial = trial_of(request);
  if (method == "binary-search") return baseline_judged(trial, BinarySearch{trial});
  if (method == "interpolation-search") return baseline_judged(trial, InterpolationSearch{trial});
  if (method == "k-d-tree") return baseline_judged(trial, KdTree{trial});
  if (method == "sim-hash") return best_sim_hash(request, trial);
  if (method == "bucketing") return baseline_judged(trial, Bucketing{trial});
  throw std::runtime_error("no baseline is named " + method);
}

}  // namespace
}  // namespace annvil::referee

int main() {
  return annvil::referee::examine_main([](const annvil::referee::Json& request) {
    if (request.contains("index")) return annvil::referee::examined(request);
    return annvil::referee::baseline(request, request.at("baseline"));
  });
}
