// truth BASE.avec QUERIES.avec OUT K: the exact K nearest base rows of every query.
//
// Two passes. A blocked float32 matrix product bounds every distance from below and above, and a pool a query keeps each row
// that those bounds allow among the nearest; then the few rows in the pools get their distances in double, by the referee's
// own sum, term by term. The error bound is the usual worst case, so the answer is exact whatever the data.
// Distances: squared L2, or the negated inner product. Ties go to the smaller id. Writes `progress <done> <total>` (queries'
// worth of work) to stderr; exits with 1 and a message, or 2 for a wrong command line.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "truth_output.hpp"
#include "truth_search.hpp"

namespace {

annvil::Mapping map_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw std::runtime_error("cannot open " + path + ": " + std::strerror(errno));
  try {
    annvil::Mapping mapping(file, path);
    close(file);
    return mapping;
  } catch (...) {
    close(file);
    throw;
  }
}

void run(const std::string& base_path, const std::string& queries_path, const std::string& out, std::uint32_t k) {
  const annvil::Mapping base_file = map_file(base_path), queries_file = map_file(queries_path);
  const annvil::VectorFile base = annvil::vectors_of(base_file, base_path);
  const annvil::VectorFile queries = annvil::vectors_of(queries_file, queries_path);
  if (base.metric != queries.metric || base.vectors.dimension != queries.vectors.dimension) {
    throw std::runtime_error(base_path + " and " + queries_path + " differ in metric or dimension");
  }
  const std::uint32_t total = queries.vectors.count;
  const auto progress = [&](double fraction) {
    std::fprintf(stderr, "progress %u %u\n", static_cast<std::uint32_t>(fraction * total), total);
  };
  const auto answers = annvil::truth::nearest(base.metric, base.vectors, queries.vectors, k, progress);
  annvil::truth::save(out, base, queries, k, answers);
}

}  // namespace

int main(int argc, char** argv) {
  char* end = nullptr;
  const unsigned long k = argc == 5 ? std::strtoul(argv[4], &end, 10) : 0;
  if (argc != 5 || *end != '\0' || k < 1 || k > 65536) {
    std::fprintf(stderr, "usage: truth BASE.avec QUERIES.avec OUT K, with K from 1 to 65536\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], argv[3], static_cast<std::uint32_t>(k));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "truth: %s\n", error.what());
    return 1;
  }
}
