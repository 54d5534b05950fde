// Inputs to begin a fuzzing from: files of a few shapes as load.cpp takes them. Argument: a folder.
#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

namespace {

using namespace PACKAGE_NAME;
using Bytes = std::vector<char>;

void put(Bytes& to, const void* data, std::size_t bytes) {
  to.insert(to.end(), static_cast<const char*>(data), static_cast<const char*>(data) + bytes);
}

void write(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// What load.cpp assembles a file of, from a file.
Bytes parts(const Bytes& file) {
  annvil::FileHead head;
  annvil::FileMeta meta;
  std::memcpy(&head, file.data(), sizeof head);
  std::memcpy(&meta, file.data() + head.entries[0].offset, sizeof meta);
  const std::size_t points = head.entries[1].bytes / sizeof(annvil::FilePoint), words = head.entries[2].bytes / 4;
  Bytes made{'a'};
  for (const std::size_t byte : {std::size_t{meta.metric}, std::size_t{meta.dimension}, meta.count >> 8, meta.count & 255, points, words >> 8, words & 255}) {
    made.push_back(static_cast<char>(byte));
  }
  for (const std::size_t section : {1, 2}) put(made, file.data() + head.entries[section].offset, head.entries[section].bytes);
  for (std::size_t i = 0; i < meta.count; ++i) {
    put(made, file.data() + head.entries[3].offset + i * meta.stride * 4, meta.dimension * 4);
  }
  return made;
}

}  // namespace

int main(int, char** argv) {
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  int number = 0;
  for (const std::size_t count : {1, 20, 128, 300}) {
    for (const std::uint32_t dimension : {1u, 3u}) {
      std::vector<float> rows(count * dimension);
      for (float& value : rows) value = normal(random);
      const auto metric = dimension == 3 ? Metric::angular : Metric::euclidean;
      const std::string path = std::string(argv[1]) + "/whole";
      const BuildOptions options{.metric = metric, .threads = 1, .max_degree = 4, .calibration_queries = 10, .calibration_k = 3};
      Index::build(rows.data(), count, dimension, options).save(path);
      std::ifstream file(path, std::ios::binary);
      const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
      write(std::string(argv[1]) + "/parts-" + std::to_string(number), parts(bytes));
      if (count == 1) {
        Bytes raw{'r'};
        put(raw, bytes.data(), bytes.size());
        write(std::string(argv[1]) + "/file-" + std::to_string(number), raw);
      }
      ++number;
    }
  }
  std::remove((std::string(argv[1]) + "/whole").c_str());
}
