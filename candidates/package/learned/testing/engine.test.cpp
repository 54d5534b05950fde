// Cluster routing over groups made by hand, with copies in other clusters than their own: what is found, counted and kept.
// engine.test FOLDER
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

namespace {

namespace package = PACKAGE_NAME::annvil;
using PACKAGE_NAME::Index;

constexpr std::uint32_t count = 400, clusters = 8, dimension = 19, efforts = 40, k = 10;

void require(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("%s\n", what.c_str());
  std::exit(1);
}

package::Model model_of(std::mt19937& random) {
  package::Model model;
  model.settings = {efforts};
  for (std::uint32_t c = 0; c <= clusters; ++c) model.offsets.push_back(c * count / clusters);
  model.copy_offsets = {0};
  for (std::uint32_t c = 0; c < clusters; ++c) {
    std::set<std::uint32_t> copies;
    while (copies.size() < 20) {
      const std::uint32_t row = random() % count;
      if (row < model.offsets[c] || row >= model.offsets[c + 1]) copies.insert(row);
    }
    model.copies.insert(model.copies.end(), copies.begin(), copies.end());
    model.copy_offsets.push_back(static_cast<std::uint32_t>(model.copies.size()));
  }
  model.original_id.resize(count);
  std::iota(model.original_id.begin(), model.original_id.end(), 1000u);
  std::shuffle(model.original_id.begin(), model.original_id.end(), random);
  std::normal_distribution<float> normal;
  std::vector<float> weights(dimension * (clusters + 2)), bias(clusters + 2);
  for (auto* values : {&weights, &bias}) std::generate(values->begin(), values->end(), [&] { return normal(random); });
  package::Network network;
  network.add_linear(dimension, clusters + 2, weights, bias);
  model.networks.push_back(network);
  return model;
}

template <package::Metric metric>
void test(const std::string& path) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  const package::Model model = model_of(random);
  const std::uint32_t stride = package::stride_of(dimension);
  package::HugeArray<float> rows(count * stride);
  std::vector<float> row(dimension);
  for (std::uint32_t i = 0; i < count; ++i) {
    for (float& value : row) value = normal(random);
    package::prepare_row<metric>(row.data(), dimension, rows.data() + i * stride);
  }
  const package::Vectors shape{nullptr, count, dimension, stride};
  auto engine = std::make_unique<package::Engine<metric>>(package::RowMemory(std::move(rows)), shape, model);
  const auto& base = engine->base();
  const float* data = base.data;
  const Index index(std::move(engine), package::Calibration{});
  index.save(path);
  const Index loaded = Index::load(path, {.map = true});

  constexpr std::uint32_t queries = 50;
  std::vector<float> asked(queries * dimension);
  for (float& value : asked) value = normal(random);
  std::vector<std::uint32_t> before(queries, 0);
  for (const std::uint32_t effort : {1u, 5u, 20u, efforts, efforts + 1}) {
    std::vector<std::uint32_t> ids(queries * k), again(queries * k), compared(queries);
    std::vector<float> distances(queries * k);
    index.search(asked.data(), queries, {.k = k, .effort = effort, .compared = compared.data()}, ids.data(), distances.data());
    loaded.search(asked.data(), queries, {.k = k, .effort = effort, .threads = 1}, again.data(), nullptr);
    require(ids == again, "loaded it answers otherwise");
    for (std::uint32_t q = 0; q < queries; ++q) {
      const auto* own = &ids[q * k];
      require(std::set<std::uint32_t>(own, own + k).size() == k, "a copy is told as another row");
      require(std::is_sorted(&distances[q * k], &distances[q * k] + k), "out of order");
      // More effort fetches more, and what is fetched is whole clusters with their copies; beyond all effort, each row once.
      const bool all = effort > efforts;
      require(all ? compared[q] == count : compared[q] >= before[q] && compared[q] % (count / clusters + 20) == 0, "miscounted at effort " + std::to_string(effort));
      before[q] = compared[q];
      if (!all) continue;
      alignas(64) float query[64] = {};
      package::prepare_row<metric>(&asked[q * dimension], dimension, query);
      std::vector<package::Neighbour> exact;
      for (std::uint32_t i = 0; i < count; ++i) exact.push_back({package::told_distance<metric>(query, data + i * stride, stride), model.original_id[i]});
      std::sort(exact.begin(), exact.end());
      for (std::uint32_t i = 0; i < k; ++i) require(own[i] == exact[i].id && distances[q * k + i] == exact[i].distance, "not the nearest");
    }
  }
}

}  // namespace

int main(int, char** arguments) {
  const std::string folder = arguments[1];
  test<package::Metric::squared_l2>(folder + "/routed.index");
  test<package::Metric::inner_product>(folder + "/angular.index");
}
