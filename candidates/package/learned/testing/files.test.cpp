// An index file of a trained package, whole, cut and flipped in a bit: right, refused or safe to ask, and never read past.
// files.test INDEX FOLDER
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <PACKAGE_NAME/index.hpp>

namespace {

using PACKAGE_NAME::Index;

void require(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("%s\n", what.c_str());
  std::exit(1);
}

std::vector<char> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::vector<char>& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::vector<float> query_of(const Index& index, std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> query(index.dimension());
  for (float& value : query) value = 2 * normal(random);
  return query;
}

// Whatever it holds: as many as were asked for, each once, ascending.
void ask(const Index& index, std::mt19937& random) {
  const std::vector<float> query = query_of(index, random);
  for (const std::uint32_t k : {1u, 10u, 700u}) {
    for (const std::uint32_t effort : {1u, 3u, 8u, 1u << 31, ~0u}) {
      const auto hits = index.search(query, {.k = k, .effort = effort});
      require(hits.size() == std::min<std::size_t>(k, index.size()), "other than k hits");
      std::vector<std::uint32_t> ids;
      for (const auto& hit : hits) ids.push_back(hit.id);
      std::sort(ids.begin(), ids.end());
      require(std::adjacent_find(ids.begin(), ids.end()) == ids.end(), "an id twice");
      require(std::is_sorted(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.distance < b.distance; }), "out of order");
    }
  }
}

// True where it was loaded.
bool try_load(const std::string& path, bool unchecked, std::mt19937& random) {
  try {
    for (const bool map : {false, true}) ask(Index::load(path, {.map = map, .skip_checksum = unchecked}), random);
    return true;
  } catch (const PACKAGE_NAME::BadFile&) {
    return false;
  }
}

}  // namespace

int main(int, char** arguments) {
  const std::string whole = arguments[1], path = std::string(arguments[2]) + "/damaged.index", copy = std::string(arguments[2]) + "/copy.index";
  std::mt19937 random(1);
  require(try_load(whole, false, random), "the whole file is refused");
  const std::vector<char> bytes = read(whole);
  Index::load(whole).save(copy);
  require(read(copy) == bytes, "saved again it is another file");

  PACKAGE_NAME::annvil::FileHead head;
  std::copy_n(bytes.data(), sizeof head, reinterpret_cast<char*>(&head));
  for (const auto& entry : head.entries) {
    for (const std::size_t end : {entry.offset, entry.offset + 1, entry.offset + entry.bytes - 1, entry.offset + entry.bytes}) {
      if (end >= bytes.size()) continue;
      write(path, {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end)});
      require(!try_load(path, true, random), "cut to " + std::to_string(end) + " bytes it is loaded");
    }
  }
  // With checksums no flip passes; without, what it makes of the model must be safe to ask, or refused.
  const auto& model = head.entries[PACKAGE_NAME::annvil::structure_section];
  for (int i = 0; i < 300; ++i) {
    std::vector<char> flipped = bytes;
    const std::size_t at = i % 3 == 0 ? random() % bytes.size() : model.offset + random() % (i % 3 == 1 ? 256 : model.bytes);
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
    write(path, flipped);
    require(!try_load(path, false, random), "with a flipped bit at " + std::to_string(at) + " it is loaded");
    try_load(path, true, random);
  }
  try {
    Index::build(nullptr, 0, 0);
    require(false, "it was built");
  } catch (const PACKAGE_NAME::Unsupported& refused) {
    require(std::string(refused.what()).find("annvil campaign --target") != std::string::npos, refused.what());
  }
  return 0;
}
