// Networks, k-means and sections files against plain references and against damage. Says what is wrong; silence is success.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "../../player/learned/sections.hpp"
#include "kmeans.hpp"
#include "network.hpp"

namespace {

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::exit(1);
}

template <class Body>
bool throws(Body&& body) {
  try {
    body();
  } catch (const std::runtime_error&) {
    return true;
  }
  return false;
}

std::mt19937 random_source(7);

std::vector<float> noise(std::size_t count) {
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random_source);
  return values;
}

annvil::Network small_network() {
  annvil::Network network;
  network.add_linear(7, 5, noise(35), noise(5));
  network.add_affine(noise(5), noise(5));
  network.add_relu(5);
  network.add_layer_norm(noise(5), noise(5));
  network.add_linear(5, 3, noise(15), noise(3));
  return network;
}

void networks_compute_what_their_layers_say() {
  const std::vector<float> weights = noise(35), bias = noise(5), input = noise(7);
  annvil::Network network;
  network.add_linear(7, 5, weights, bias);
  network.add_relu(5);
  std::vector<float> output(5), scratch(network.scratch_floats());
  network.run(input.data(), output.data(), scratch);
  for (std::size_t row = 0; row < 5; ++row) {
    double sum = bias[row];
    for (std::size_t column = 0; column < 7; ++column) sum += double{weights[row * 7 + column]} * input[column];
    expect(std::abs(std::max(sum, 0.0) - output[row]) < 1e-5, "a linear layer and a ReLU agree with their definition");
  }
  expect(network.parameters() == 40 && network.multiply_adds() == 35 && network.bytes() == 160, "parameters and multiply-adds are counted");
}

void networks_survive_being_written_and_no_damage() {
  const annvil::Network network = small_network();
  const std::vector<float> words = network.serialised(), input = noise(7);
  const annvil::Network again = annvil::Network::parse(words);
  std::vector<float> one(3), other(3), scratch(network.scratch_floats());
  network.run(input.data(), one.data(), scratch);
  again.run(input.data(), other.data(), scratch);
  expect(one == other, "a parsed network computes the same");
  for (std::size_t length = 0; length < words.size(); ++length) {
    expect(throws([&] { annvil::Network::parse(std::span(words).first(length)); }), "a truncated network is refused");
  }
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<float> damaged = words;
    const float values[] = {-1, 0, 1e9f, 3.5f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 4};
    damaged[random_source() % damaged.size()] = values[random_source() % std::size(values)];
    try {
      const annvil::Network parsed = annvil::Network::parse(damaged);
      std::vector<float> result(parsed.outputs()), room(parsed.scratch_floats()), from(parsed.inputs());
      parsed.run(from.data(), result.data(), room);
    } catch (const std::runtime_error&) {
    }
  }
}

void kmeans_finds_what_is_apart() {
  constexpr std::uint32_t count = 300, dimension = 16, clusters = 3;
  std::vector<float> rows = noise(count * dimension);
  for (std::uint32_t row = 0; row < count; ++row) rows[row * dimension] += 100.0f * static_cast<float>(row % clusters);
  const annvil::Vectors vectors{rows.data(), count, dimension, dimension};
  const annvil::Clustering found = annvil::kmeans(vectors, clusters, 3);
  expect(found.clusters() == clusters && found.assignment == annvil::nearest_centroids(vectors, found), "rows are assigned to their nearest centroid");
  const annvil::Clustering again = annvil::kmeans(vectors, clusters, 3);
  expect(found.centroids == again.centroids, "equal seeds give equal clusterings");
  std::vector<std::uint32_t> sizes(8);
  for (const std::uint32_t cluster : annvil::kmeans(vectors, 8, 5).assignment) ++sizes[cluster];
  expect(*std::min_element(sizes.begin(), sizes.end()) > 0, "no cluster is left empty");
}

annvil::Mapping file_of(const std::vector<std::byte>& bytes) {
  const int fd = memfd_create("sections", 0);
  if (write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  annvil::Mapping mapping(fd, "sections");
  close(fd);
  return mapping;
}

void sections_are_read_as_written_and_no_damage_is_believed() {
  annvil::SectionsWriter writer;
  writer.add<std::uint32_t>("bins", std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6}, {2, 3});
  writer.add<float>("weights", std::vector<float>{0.5f, -1});
  writer.add<float>("nothing", std::vector<float>{});
  const int fd = memfd_create("written", 0);
  writer.write_to(fd);
  std::vector<std::byte> bytes(static_cast<std::size_t>(lseek(fd, 0, SEEK_END)));
  if (pread(fd, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  const annvil::Mapping mapping = file_of(bytes);
  const annvil::Sections sections(mapping);
  expect(sections.values<std::uint32_t>("bins")[4] == 5 && sections.shape("bins")[1] == 3, "values and shapes come back");
  expect(sections.values<float>("nothing").empty() && !sections.has("more"), "an empty section is one, and a missing one is none");
  expect(throws([&] { sections.values<float>("bins"); }) && throws([&] { sections.values<float>("more"); }), "wrong types and names are refused");
  expect(throws([&] { writer.add<float>("bad", std::vector<float>{1}, {2}); }), "a shape that its values do not fill is refused");
  for (int trial = 0; trial < 3000; ++trial) {
    std::vector<std::byte> damaged = bytes;
    for (int change = 0; change < 3; ++change) damaged[random_source() % 192] = static_cast<std::byte>(random_source());
    if (trial % 4 == 0) damaged.resize(16 + random_source() % (damaged.size() - 16));
    try {
      const annvil::Mapping file = file_of(damaged);
      const annvil::Sections read(file);
      std::uint32_t sum = 0;
      if (read.has("bins")) for (const std::uint32_t value : read.values<std::uint32_t>("bins")) sum += value;
      expect(sum != 1, "sums are taken");
    } catch (const std::runtime_error&) {
    }
  }
}

}  // namespace

int main() {
  networks_compute_what_their_layers_say();
  networks_survive_being_written_and_no_damage();
  kmeans_finds_what_is_apart();
  sections_are_read_as_written_and_no_damage_is_believed();
}
