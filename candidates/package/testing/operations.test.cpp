// Random operations against the oracle. Arguments: how many, seed, a folder for files.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

#include "oracle.hpp"

namespace {

using namespace PACKAGE_NAME;

class Run {
 public:
  Run(std::uint64_t seed, std::string folder) : random_(seed), path_(std::move(folder) + "/operations.index") {}

  void step() {
    const unsigned drawn = index_ ? below(100) : 0;
    if (drawn < 3) return build();
    if (drawn < 6) return build_what_cannot_be();
    if (drawn < 70) return search_one();
    if (drawn < 82) return search_batch();
    if (drawn < 90) return search_what_cannot_be();
    if (drawn < 95) return save_and_load();
    promise();
  }

  double recall() const { return static_cast<double>(found_) / static_cast<double>(owed_); }
  std::size_t walks() const { return walks_; }

 private:
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  // Grids are full of ties, and few distinct rows of duplicates.
  std::vector<float> draw(std::size_t count, std::uint32_t dimension) {
    std::normal_distribution<float> normal;
    const unsigned kind = below(3);
    all_distinct_ = kind == 2;
    std::vector<float> rows(count * dimension);
    for (float& value : rows) value = kind == 0 ? static_cast<float>(below(3)) + 0.5f : normal(random_);
    for (std::size_t i = 5; kind == 1 && i < count; ++i) {
      std::copy_n(rows.begin() + (i % 5) * dimension, dimension, rows.begin() + i * dimension);
    }
    return rows;
  }

  BuildOptions options() {
    BuildOptions options;
    options.metric = base_.angular ? Metric::angular : Metric::euclidean;
    options.threads = 1 + below(3);
    options.seed = random_();
    options.calibration_queries = below(3) == 0 ? 40 : 0;
    options.calibration_k = 1 + below(12);
    return options;
  }

  void build() {
    static constexpr unsigned sizes[] = {1, 2, 3, 7, 40, 127, 128, 129, 200, 300};
    base_.angular = below(2) == 1;
    base_.count = sizes[below(std::size(sizes))];
    base_.dimension = 1 + below(40);
    base_.rows = draw(base_.count, base_.dimension);
    const bool distinct = all_distinct_;
    BuildOptions wanted = options();
    const std::vector<float> samples = draw(20, base_.dimension);
    if (below(4) == 0) wanted.sample_queries = samples.data(), wanted.sample_count = 20;
    index_.emplace(Index::build(base_.rows.data(), base_.count, base_.dimension, wanted));
    base_distinct_ = distinct;
    REQUIRE(index_->size() == base_.count && index_->dimension() == base_.dimension, "%zu rows, %u dimensions", index_->size(), index_->dimension());
    const bool calibrated = wanted.sample_count > 0 || (wanted.calibration_queries > 0 && base_.count >= 128);
    REQUIRE(index_->calibration().empty() != calibrated, "%zu points", index_->calibration().size());
    // What was found by comparing all rows of a smaller graph is not promised for a walk.
    const std::size_t measured = wanted.sample_count > 0 ? base_.count : base_.count - base_.count / 20;
    if (calibrated && base_.count >= 128 && measured < 128) {
      REQUIRE(index_->calibration().front().effort == base_.count, "effort %u of %zu rows", index_->calibration().front().effort, base_.count);
    }
  }

  template <class Act>
  void refused(const char* mentions, Act&& act) {
    try {
      act();
    } catch (const BadArgument& failure) {
      REQUIRE(std::string(failure.what()).find(mentions) != std::string::npos, "the refusal is \"%s\", without \"%s\"", failure.what(), mentions);
      return;
    }
    REQUIRE(false, "not refused: %s", mentions);
  }

  void build_what_cannot_be() {
    const std::size_t count = 1 + below(200);
    const std::uint32_t dimension = 1 + below(20);
    std::vector<float> rows = draw(count, dimension);
    BuildOptions wanted = options();
    const std::size_t row = below(static_cast<unsigned>(count));
    const std::string place = "rows[" + std::to_string(row) + "]";
    float* bad = rows.data() + row * dimension;
    switch (below(5)) {
      case 0:
        return refused("no rows", [&] { Index::build(rows.data(), 0, dimension, wanted); });
      case 1:
        return refused("dimension is 0", [&] { Index::build(rows.data(), count, 0, wanted); });
      case 2:
        std::fill_n(bad, dimension, 0.f);
        wanted.metric = Metric::angular;
        return refused(place.c_str(), [&] { Index::build(rows.data(), count, dimension, wanted); });
      case 3:
        bad[below(dimension)] = std::numeric_limits<float>::infinity();
        return refused(place.c_str(), [&] { Index::build(rows.data(), count, dimension, wanted); });
      default:
        bad[below(dimension)] = std::nanf("");
        return refused("nan", [&] { Index::build(rows.data(), count, dimension, wanted); });
    }
  }

  std::vector<float> a_query() {
    std::vector<float> query = draw(1, base_.dimension);
    if (below(2) == 0) std::copy_n(base_.row(below(static_cast<unsigned>(base_.count))), base_.dimension, query.begin());
    return query;
  }

  void search_one() {
    const std::vector<float> query = a_query();
    const auto n = static_cast<std::uint32_t>(base_.count);
    const SearchOptions asked{.k = 1 + below(below(4) == 0 ? n + 5 : 10), .effort = 1 + below(below(3) == 0 ? 2 * n : 60)};
    std::vector<std::uint32_t> ids(asked.k, 7);
    std::vector<float> distances(asked.k, 7);
    index_->search(query.data(), 1, asked, ids.data(), distances.data());
    const std::size_t found = oracle::checked(base_, query.data(), asked.k, ids.data(), distances.data());
    const std::size_t owed = std::min<std::size_t>(asked.k, n);
    if (n < 128 || asked.effort >= n || owed > n / 2) {
      REQUIRE(found == owed, "%zu of %zu found, k %u, effort %u of %u rows", found, owed, asked.k, asked.effort, n);
    } else if (asked.effort >= 2 * asked.k && asked.effort >= 20 && base_distinct_) {
      found_ += found;
      owed_ += owed;
      ++walks_;
    }
  }

  void search_batch() {
    const std::size_t count = below(70);
    std::vector<float> queries;
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<float> query = a_query();
      queries.insert(queries.end(), query.begin(), query.end());
    }
    const SearchOptions asked{.k = 1 + below(12), .effort = 1 + below(40), .threads = 1 + below(4)};
    std::vector<std::uint32_t> ids(count * asked.k), one(asked.k);
    std::vector<float> distances(count * asked.k), apart(asked.k);
    index_->search(queries.data(), count, asked, ids.data(), distances.data());
    for (std::size_t i = 0; i < count; ++i) {
      oracle::checked(base_, queries.data() + i * base_.dimension, asked.k, &ids[i * asked.k], &distances[i * asked.k]);
      index_->search(queries.data() + i * base_.dimension, 1, asked, one.data(), apart.data());
      REQUIRE(std::equal(one.begin(), one.end(), ids.begin() + i * asked.k), "query %zu of %zu is answered otherwise alone", i, count);
    }
  }

  void search_what_cannot_be() {
    std::vector<float> query = a_query();
    switch (below(6)) {
      case 0:
        return refused("k is 0", [&] { index_->search(query, {.k = 0, .effort = 10}); });
      case 1:
        return refused("both 0", [&] { index_->search(query, {.k = 5}); });
      case 2:
        query.push_back(1);
        return refused("dimensions", [&] { index_->search(query, {.k = 5, .effort = 10}); });
      case 3:
        return refused("target_recall", [&] { index_->search(query, {.k = 5, .target_recall = 1.5}); });
      case 4:
        if (!base_.angular) return;
        std::fill(query.begin(), query.end(), 0.f);
        return refused("queries[0] is all zero", [&] { index_->search(query, {.k = 5, .effort = 10}); });
      default:
        query[below(base_.dimension)] = std::nanf("");
        return refused("queries[0]", [&] { index_->search(query, {.k = 5, .effort = 10}); });
    }
  }

  void save_and_load() {
    const std::vector<float> query = a_query();
    const SearchOptions asked{.k = 1 + below(12), .effort = 1 + below(40)};
    const auto before = index_->search(query, asked);
    const auto points = index_->calibration();
    index_->save(path_);
    index_.emplace(Index::load(path_, {.map = below(2) == 0, .skip_checksum = below(4) == 0}));
    const auto after = index_->search(query, asked);
    REQUIRE(before.size() == after.size(), "%zu and %zu hits", before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      REQUIRE(before[i].id == after[i].id && before[i].distance == after[i].distance, "hit %zu: %u and %u", i, before[i].id, after[i].id);
    }
    REQUIRE(points.size() == index_->calibration().size(), "%zu points", points.size());
  }

  void promise() {
    const double target = 0.05 * (1 + below(20));
    const std::uint32_t k = 1 + below(12);
    try {
      const CalibrationPoint chosen = index_->effort_for(target, k);
      REQUIRE(chosen.low >= target && chosen.effort >= 1, "[%g, %g] promised for %g", chosen.low, chosen.high, target);
      const std::vector<float> query = a_query();
      const auto hits = index_->search(query, {.k = k, .target_recall = target});
      REQUIRE(hits.size() == std::min<std::size_t>(k, base_.count), "%zu hits", hits.size());
    } catch (const BadArgument& failure) {
      REQUIRE(std::string(failure.what()).find("target_recall") == 0, "%s", failure.what());
    }
  }

  std::mt19937_64 random_;
  std::string path_;
  oracle::Base base_;
  std::optional<Index> index_;
  bool all_distinct_ = false;   // what was drawn last
  bool base_distinct_ = false;  // a graph among many copies of few rows finds what it can: recall is asked of others alone
  std::size_t found_ = 0, owed_ = 0, walks_ = 0;
};

}  // namespace

int main(int, char** argv) {
  Run run(std::strtoull(argv[2], nullptr, 10), argv[3]);
  const unsigned long steps = std::strtoul(argv[1], nullptr, 10);
  for (unsigned long i = 0; i < steps; ++i) run.step();
  std::printf("%zu walks, recall %.4f\n", run.walks(), run.recall());
  REQUIRE(run.walks() > steps / 50 && run.recall() > 0.97, "%zu walks, recall %g", run.walks(), run.recall());
}
