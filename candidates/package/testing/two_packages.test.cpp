// Two packages in one program, each with its own code; neither takes the other's files. Argument: a folder.
#include <string>
#include <vector>

#include <renumbered/index.hpp>
#include <seeded/index.hpp>

#include "oracle.hpp"

int main(int, char** argv) {
  const std::string path = std::string(argv[1]) + "/two.index";
  std::vector<float> rows(200 * 3);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>(i * 37 % 101);
  const auto one = seeded::Index::build(rows.data(), 200, 3);
  const auto two = renumbered::Index::build(rows.data(), 200, 3);
  const std::vector<float> query{1, 2, 3};
  const auto a = one.search(query, {.k = 5, .effort = 100});
  const auto b = two.search(query, {.k = 5, .effort = 100});
  for (std::size_t i = 0; i < 5; ++i) REQUIRE(a[i].distance == b[i].distance, "%g and %g", a[i].distance, b[i].distance);
  one.save(path);
  try {
    renumbered::Index::load(path);
    REQUIRE(false, "another package's file is taken");
  } catch (const renumbered::BadFile& failure) {
    REQUIRE(std::string(failure.what()).find("made by other code (seeded 1.0.0") != std::string::npos, "%s", failure.what());
  }
}
