// Exact nearest neighbours by brute force over all cores.
//
// Usage: truth BASE.avec QUERIES.avec OUT K; prints "progress <done> <total>" on standard error.
//
// A block of queries meets a block of base rows at a time, so that both stay in cache, and inner products of four queries by
// four rows are kept in registers. Squared distances come from |q|^2 - 2<q,b> + |b|^2, whose cancellation could swap near
// ties: so more than k are kept, and their distances taken again, directly and in double precision, before the k best are
// written, ties by id.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <numeric>
#include <string>
#include <vector>

#include <annvil/distance.hpp>
#include <annvil/parallel.hpp>

#include "../player/mapping.hpp"
#include "scoring.hpp"

namespace {

using annvil::Metric;
using annvil::Neighbour;
using annvil::NodeId;
using annvil::Vectors;

constexpr std::uint32_t queries_a_block = 32;
constexpr std::uint32_t rows_a_block = 256;
// Kept beyond k for the second look. Rounding moves a float32 distance by some 1e-6 of |q|^2 + |b|^2.
constexpr std::uint32_t spare = 64;

constexpr std::uint32_t tile = 4;
typedef float Lane __attribute__((vector_size(64)));

// Inner products of four queries with four rows: sixteen running sums of sixteen lanes each.
void multiply_tile(const float* const* queries, const float* const* rows, std::uint32_t stride, float* products) {
  Lane sums[tile][tile] = {};
  for (std::uint32_t i = 0; i < stride; i += 16) {
    Lane b[tile];
    for (std::uint32_t r = 0; r < tile; ++r) b[r] = *reinterpret_cast<const Lane*>(rows[r] + i);
    for (std::uint32_t q = 0; q < tile; ++q) {
      const Lane a = *reinterpret_cast<const Lane*>(queries[q] + i);
      for (std::uint32_t r = 0; r < tile; ++r) sums[q][r] += a * b[r];
    }
  }
  for (std::uint32_t q = 0; q < tile; ++q) {
    for (std::uint32_t r = 0; r < tile; ++r) {
      float sum = 0;
      for (std::uint32_t lane = 0; lane < 16; ++lane) sum += sums[q][r][lane];
      products[q * tile + r] = sum;
    }
  }
}

// The closest so far: a heap with the farthest on top.
class Nearest {
 public:
  explicit Nearest(std::size_t capacity) : capacity_(capacity) { heap_.reserve(capacity + 1); }
  void offer(float distance, NodeId id) {
    if (heap_.size() == capacity_ && distance >= heap_.front().distance) return;
    heap_.push_back({distance, id});
    std::push_heap(heap_.begin(), heap_.end());
    if (heap_.size() <= capacity_) return;
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
  }
  const std::vector<Neighbour>& all() const { return heap_; }

 private:
  std::size_t capacity_;
  std::vector<Neighbour> heap_;
};

double exact_distance(Metric metric, const float* a, const float* b, std::uint32_t dimension) {
  double sum = 0;
  for (std::uint32_t i = 0; i < dimension; ++i) {
    sum += metric == Metric::squared_l2 ? (double{a[i]} - b[i]) * (double{a[i]} - b[i]) : -double{a[i]} * b[i];
  }
  return sum;
}

struct Truth {
  std::vector<NodeId> ids;
  std::vector<float> distances;
};

// The final k of a query, by exact distance and then id.
void settle(const Nearest& nearest, const float* query, const annvil::VectorFile& base, std::uint32_t k, NodeId* ids, float* distances) {
  std::vector<std::pair<double, NodeId>> exact;
  for (const Neighbour& candidate : nearest.all()) {
    exact.emplace_back(exact_distance(base.metric, query, base.vectors[candidate.id], base.vectors.dimension), candidate.id);
  }
  std::sort(exact.begin(), exact.end());
  for (std::uint32_t i = 0; i < k; ++i) {
    const bool there = i < exact.size();
    ids[i] = there ? exact[i].second : annvil::no_node;
    distances[i] = there ? static_cast<float>(exact[i].first) : std::numeric_limits<float>::infinity();
  }
}

std::vector<float> squared_norms(const Vectors& vectors) {
  std::vector<float> norms(vectors.count);
  for (NodeId i = 0; i < vectors.count; ++i) norms[i] = annvil::dot(vectors[i], vectors[i], vectors.stride);
  return norms;
}

void search_block(const annvil::VectorFile& base, const Vectors& queries, const std::vector<float>& norms, std::uint32_t first,
                  std::uint32_t count, std::uint32_t k, Truth& truth) {
  const Vectors& rows = base.vectors;
  const bool euclidean = base.metric == Metric::squared_l2;
  std::vector<Nearest> nearest(count, Nearest(k + spare));
  for (std::uint32_t block = 0; block < rows.count; block += rows_a_block) {
    const std::uint32_t end = std::min(rows.count, block + rows_a_block);
    for (std::uint32_t q = 0; q < count; q += tile) {
      const float* wanted[tile];
      // At the edges a tile repeats its last query or row; the repeats are thrown away.
      for (std::uint32_t i = 0; i < tile; ++i) wanted[i] = queries[first + std::min(q + i, count - 1)];
      for (std::uint32_t r = block; r < end; r += tile) {
        const float* met[tile];
        for (std::uint32_t i = 0; i < tile; ++i) met[i] = rows[std::min(r + i, end - 1)];
        float products[tile * tile];
        multiply_tile(wanted, met, rows.stride, products);
        for (std::uint32_t i = 0; i < tile && q + i < count; ++i) {
          for (std::uint32_t j = 0; j < tile && r + j < end; ++j) {
            const float product = products[i * tile + j];
            // |q|^2 is the same for all rows, so order does not need it.
            nearest[q + i].offer(euclidean ? norms[r + j] - 2 * product : -product, r + j);
          }
        }
      }
    }
  }
  for (std::uint32_t q = 0; q < count; ++q) {
    const std::size_t at = std::size_t{first + q} * k;
    settle(nearest[q], queries[first + q], base, k, truth.ids.data() + at, truth.distances.data() + at);
  }
}

annvil::Mapping map_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY);
  if (file < 0) throw std::runtime_error("cannot open " + path);
  annvil::Mapping mapping(file, path);
  close(file);
  return mapping;
}

void save(const Truth& truth, const annvil::referee::TruthHeader& header, const std::string& path) {
  const std::string unfinished = path + "." + std::to_string(getpid());
  std::FILE* file = std::fopen(unfinished.c_str(), "wb");
  if (file == nullptr) throw std::runtime_error("cannot write " + unfinished);
  std::vector<char> head(annvil::referee::TruthHeader::bytes);
  std::memcpy(head.data(), &header, sizeof header);
  const bool whole = std::fwrite(head.data(), 1, head.size(), file) == head.size() &&
                     std::fwrite(truth.ids.data(), sizeof(NodeId), truth.ids.size(), file) == truth.ids.size() &&
                     std::fwrite(truth.distances.data(), sizeof(float), truth.distances.size(), file) == truth.distances.size() &&
                     std::fflush(file) == 0 && fsync(fileno(file)) == 0;
  if (std::fclose(file) != 0 || !whole || std::rename(unfinished.c_str(), path.c_str()) != 0) {
    std::remove(unfinished.c_str());
    throw std::runtime_error("cannot write " + path + "; is the disk full?");
  }
}

void run(const std::string& base_path, const std::string& queries_path, const std::string& out, std::uint32_t k) {
  const annvil::Mapping base_mapping = map_file(base_path), queries_mapping = map_file(queries_path);
  const annvil::VectorFile base = annvil::vectors_of(base_mapping, base_path);
  const Vectors queries = annvil::vectors_of(queries_mapping, queries_path).vectors;
  const std::vector<float> norms = squared_norms(base.vectors);
  Truth truth{std::vector<NodeId>(std::size_t{queries.count} * k), std::vector<float>(std::size_t{queries.count} * k)};
  const std::uint32_t blocks = (queries.count + queries_a_block - 1) / queries_a_block;
  std::atomic<std::uint32_t> done{0};
  std::mutex printing;
  annvil::parallel_for(blocks, std::max(1u, std::thread::hardware_concurrency()), 1, [&](std::size_t block, std::uint32_t) {
    const auto first = static_cast<std::uint32_t>(block) * queries_a_block;
    const std::uint32_t count = std::min(queries_a_block, queries.count - first);
    search_block(base, queries, norms, first, count, k, truth);
    const std::uint32_t total = done += count;
    const std::lock_guard guard(printing);
    std::fprintf(stderr, "progress %u %u\n", total, queries.count);
  });
  annvil::referee::TruthHeader header{{'A', 'N', 'N', 'V', 'I', 'L', 'T', '1'}, queries.count, k, base.vectors.count,
                                      static_cast<std::uint32_t>(base.metric)};
  save(truth, header, out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: truth BASE.avec QUERIES.avec OUT K\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], argv[3], static_cast<std::uint32_t>(std::strtoul(argv[4], nullptr, 10)));
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
