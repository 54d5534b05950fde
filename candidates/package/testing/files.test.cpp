// What becomes of index files that are cut, damaged, foreign or left half written. Argument: a folder.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <PACKAGE_NAME/index.hpp>

#include "oracle.hpp"

namespace {

using namespace PACKAGE_NAME;
namespace files = std::filesystem;

std::string folder;
std::string in_folder(const char* name) { return folder + "/" + name; }

using Bytes = std::vector<char>;

Bytes read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

Index make(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> rows(count * 5);
  for (float& value : rows) value = normal(random);
  return Index::build(rows.data(), count, 5, {.seed = seed, .calibration_queries = 20});
}

// Refused with a sentence that has `why`.
void refused(const std::string& path, const std::string& why, const LoadOptions& options = {}) {
  try {
    Index::load(path, options);
  } catch (const BadFile& failure) {
    REQUIRE(std::string(failure.what()).find(why) != std::string::npos, "%s, not \"%s\"", failure.what(), why.c_str());
    return;
  }
  REQUIRE(false, "%s is taken, though %s", path.c_str(), why.c_str());
}

// Of a file with a graph: cut at every border of a section and beside it.
void cut(const Bytes& whole) {
  annvil::FileHead head;
  std::memcpy(&head, whole.data(), sizeof head);
  std::vector<std::size_t> borders{0, 1, 8, sizeof head, whole.size() - 1};
  for (const auto& entry : head.entries) {
    for (const std::size_t border : {entry.offset, entry.offset + entry.bytes}) {
      borders.insert(borders.end(), {border - 1, border, border + 1});
    }
  }
  for (const std::size_t border : borders) {
    if (border >= whole.size()) continue;
    write(in_folder("cut"), Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(border)));
    for (const bool map : {false, true}) refused(in_folder("cut"), border < sizeof head ? "too short" : "truncated", {.map = map});
  }
  Bytes longer(whole);
  longer.push_back(0);
  write(in_folder("cut"), longer);
  refused(in_folder("cut"), "belong to no section");
}

// A single bit, in every byte of the small sections and in some of the large ones: seen by a checksum. Without checksums for the
// large ones it may be taken, and is then safe to ask.
void flip(const Bytes& whole) {
  std::mt19937_64 random(2);
  const std::string path = in_folder("flipped");
  std::fstream file;
  write(path, whole);
  for (std::size_t at = 0; at < whole.size(); at += at < 12288 ? 1 : 1 + random() % 40) {
    const char flipped = static_cast<char>(whole[at] ^ (1 << random() % 8));
    const auto put = [&](char byte) {
      file.open(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(at));
      file.put(byte);
      file.close();
    };
    put(flipped);
    refused(path, "", {.map = at % 2 == 0});
    try {
      const Index index = Index::load(path, {.map = at % 2 == 1, .skip_checksum = true});
      const std::vector<float> query{0.1f, -0.2f, 0.3f, 0.4f, -1};
      for (const std::uint32_t effort : {1u, 30u}) index.search(query, {.k = 10, .effort = effort});
    } catch (const BadFile&) {
    }
    put(whole[at]);
  }
  Index::load(path);
}

void foreign() {
  write(in_folder("foreign"), {});
  refused(in_folder("foreign"), "too short");
  write(in_folder("foreign"), Bytes(100000, 'x'));
  refused(in_folder("foreign"), "is no index file");
  refused(folder, "is no ordinary file");
  refused("/dev/zero", "is no ordinary file");
  try {
    Index::load(in_folder("missing"));
    REQUIRE(false, "a missing file is loaded");
  } catch (const InputOutput& failure) {
    REQUIRE(std::strstr(failure.what(), "No such file") != nullptr, "%s", failure.what());
  }
}

// As another package's, but for the hash: right in every sum.
void of_other_code(Bytes bytes) {
  annvil::FileHead head;
  annvil::FileMeta meta;
  std::memcpy(&head, bytes.data(), sizeof head);
  std::memcpy(&meta, bytes.data() + head.entries[0].offset, sizeof meta);
  std::strcpy(meta.package, "other 2.0.0");
  meta.hash[0] = meta.hash[0] == 'a' ? 'b' : 'a';
  std::memcpy(bytes.data() + head.entries[0].offset, &meta, sizeof meta);
  head.entries[0].sum = annvil::crc32c(bytes.data() + head.entries[0].offset, annvil::file_page);
  head.sum = annvil::crc32c(&head, offsetof(annvil::FileHead, sum));
  std::memcpy(bytes.data(), &head, sizeof head);
  write(in_folder("other"), bytes);
  refused(in_folder("other"), "made by other code (other 2.0.0");
}

std::size_t files_in_folder() { return static_cast<std::size_t>(std::distance(files::directory_iterator(folder), files::directory_iterator())); }

// No file may grow past `bytes`: as a full disk does it, in the midst of writing.
void full_disk(const Index& large) {
  const std::string path = in_folder("kept");
  make(150, 3).save(path);
  const Bytes before = read(path);
  const std::size_t there = files_in_folder();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  for (const rlim_t bytes : {rlim_t{0}, rlim_t{4096}, rlim_t{10000}, rlim_t{60000}}) {
    const rlimit small{bytes, limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    bool failed = false;
    try {
      large.save(path);
    } catch (const InputOutput& failure) {
      failed = std::strstr(failure.what(), "cannot write") != nullptr;
    }
    setrlimit(RLIMIT_FSIZE, &limit);
    REQUIRE(failed, "saved within %zu bytes", static_cast<std::size_t>(bytes));
    REQUIRE(read(path) == before, "what was there has changed");
    REQUIRE(files_in_folder() == there, "something is left behind");
  }
}

// What a killed save of a process with the same number left behind stays, and is not in the way.
void left_behind(const Index& index) {
  const std::string path = in_folder("left");
  const auto unfinished = [&](unsigned number) { return path + "." + std::to_string(getpid()) + "-" + std::to_string(number) + ".unfinished"; };
  for (unsigned number = 0; number < 3; ++number) write(unfinished(number), {'x'});
  index.save(path);
  REQUIRE(Index::load(path).size() == index.size(), "another index is there");
  for (unsigned number = 0; number < 3; ++number) REQUIRE(read(unfinished(number)) == Bytes{'x'}, "file %u has changed", number);
}

// Killed at any time while it saves, a process leaves the old file or the new one.
void killed(const Index& large) {
  const std::string path = in_folder("killed");
  make(150, 4).save(path);
  std::mt19937_64 random(5);
  for (int i = 0; i < 30; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      for (;;) large.save(path);
    }
    usleep(static_cast<useconds_t>(random() % 20000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    const std::size_t size = Index::load(path).size();
    REQUIRE(size == 150 || size == large.size(), "%zu rows", size);
  }
}

}  // namespace

int main(int, char** argv) {
  folder = argv[1];
  // The first to save: it counts from 0.
  left_behind(make(130, 1));
  make(130, 1).save(in_folder("whole"));
  const Bytes whole = read(in_folder("whole"));
  foreign();
  cut(whole);
  of_other_code(whole);
  flip(whole);
  const Index large = make(3000, 6);
  full_disk(large);
  killed(large);
}
