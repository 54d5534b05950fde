// Exact nearest neighbours of many queries: every row against every query, on all cores.
#pragma once

#include <annvil/memory.hpp>
#include <annvil/parallel.hpp>
#include <annvil/vectors.hpp>

#include "truth_output.hpp"
#include "truth_pool.hpp"
#include "truth_tile.hpp"

namespace annvil::truth {

// Where both sides are seen from, and in which unit. Under L2 any centre is right; one near the mean makes norms, and with
// them the error bound, small. The unit, a power of two, keeps the longest row near 1, clear of float's limits.
struct Frame {
  std::vector<double> centre;  // dimension
  double unit = 1;
};

inline std::vector<double> centre_of(Metric metric, const Vectors& base) {
  std::vector<double> centre(base.dimension, 0.0);
  if (metric == Metric::inner_product || base.count == 0) return centre;
  const std::uint32_t step = base.count / 65536 + 1;
  std::uint32_t seen = 0;
  for (std::size_t id = 0; id < base.count; id += step, ++seen) {
    const float* row = base[static_cast<NodeId>(id)];
    for (std::uint32_t i = 0; i < base.dimension; ++i) centre[i] += row[i];
  }
  for (double& value : centre) value /= seen;
  return centre;
}

inline std::vector<double> squared_norms(const Vectors& rows, const std::vector<double>& centre, std::uint32_t threads) {
  std::vector<double> norms(rows.count);
  parallel_for(rows.count, threads, 1024, [&](std::size_t id, std::uint32_t) {
    const float* row = rows[static_cast<NodeId>(id)];
    double sums[8] = {};
    std::uint32_t i = 0;
    for (; i + 8 <= rows.dimension; i += 8) {
      for (int lane = 0; lane < 8; ++lane) {
        const double value = row[i + lane] - centre[i + lane];
        sums[lane] += value * value;
      }
    }
    for (; i < rows.dimension; ++i) sums[0] += (row[i] - centre[i]) * (row[i] - centre[i]);
    for (const double sum : sums) norms[id] += sum;
  });
  return norms;
}

// Rows [from, from + width) dimension-major, `width` floats a dimension, in the frame and times `factor`; zeros beyond the end.
inline void pack(const Vectors& rows, std::size_t from, int width, const Frame& frame, double factor, float* packed) {
  for (int lane = 0; lane < width; ++lane) {
    const bool absent = from + lane >= rows.count;
    const float* row = absent ? nullptr : rows[static_cast<NodeId>(from + lane)];
    const double scale = frame.unit * factor;
    for (std::uint32_t i = 0; i < rows.dimension; ++i) {
      packed[std::size_t{i} * width + lane] = absent ? 0.0f : static_cast<float>((row[i] - frame.centre[i]) * scale);
    }
  }
}

// The referee's own sum for up to `many` rows at once: terms in order, each exact in double, so that equal here is equal
// there. Side by side only because one sum alone waits for its own additions.
template <int many>
void exact_distances(Metric metric, const float* query, const float* const* rows, std::uint32_t dimension, double* out) {
  double sums[many] = {};
  for (std::uint32_t i = 0; i < dimension; ++i) {
    for (int r = 0; r < many; ++r) {
      const double difference = double{query[i]} - rows[r][i];
      sums[r] += metric == Metric::squared_l2 ? difference * difference : double{query[i]} * rows[r][i];
    }
  }
  for (int r = 0; r < many; ++r) out[r] = metric == Metric::squared_l2 ? sums[r] : -sums[r];
}

// The k nearest among the rows of a pool, by exact distance, then id.
inline std::vector<Neighbour> settle(Metric metric, const Vectors& base, const float* query, const Pool& pool, std::uint32_t k) {
  constexpr int many = 8;
  struct Exact {
    double distance;
    NodeId id;
  };
  std::vector<Exact> found;
  const auto& rows = pool.rows();
  for (std::size_t from = 0; from < rows.size(); from += many) {
    const float* data[many];
    double distances[many];
    for (std::size_t r = 0; r < many; ++r) data[r] = base[rows[std::min(from + r, rows.size() - 1)].id];
    exact_distances<many>(metric, query, data, base.dimension, distances);
    for (std::size_t r = 0; r < many && from + r < rows.size(); ++r) found.push_back({distances[r], rows[from + r].id});
  }
  const std::size_t kept = std::min<std::size_t>(k, found.size());
  std::partial_sort(found.begin(), found.begin() + kept, found.end(), [](const Exact& a, const Exact& b) {
    return a.distance < b.distance || (a.distance == b.distance && a.id < b.id);
  });
  std::vector<Neighbour> nearest;
  for (std::size_t i = 0; i < kept; ++i) nearest.push_back({static_cast<float>(found[i].distance), found[i].id});
  return nearest;
}

// progress(fraction) is called now and then, from the calling thread, and with 1 at the end. Needs memory for the packed
// queries and a few MiB of the base besides the mapped files.
template <class Progress>
Answers nearest(Metric metric, const Vectors& base, const Vectors& queries, std::uint32_t k, Progress&& progress) {
  const std::uint32_t threads = std::max(1u, std::thread::hardware_concurrency());
  const std::uint32_t dimension = base.dimension;
  Frame frame{centre_of(metric, base)};
  const std::vector<double> base_norms = squared_norms(base, frame.centre, threads);
  const std::vector<double> query_norms = squared_norms(queries, frame.centre, threads);
  double longest = 0;
  for (const auto* norms : {&base_norms, &query_norms}) {
    for (const double norm : *norms) longest = std::max(longest, norm);
  }
  if (longest > 0) frame.unit = std::exp2(-std::ceil(std::log2(longest) / 2));

  // |error of a bound| <= (roundings + a few) * 2^-24 * (|query|^2 + |row|^2), split between the two; the constant stands
  // for what underflows.
  const double relative = (roundings(dimension) + 14) * 0x1p-24, constant = 1e-30;
  const double area = frame.unit * frame.unit;
  const std::size_t panels = (std::size_t{base.count} + tile_rows - 1) / tile_rows;
  std::vector<float> bias(panels * tile_rows, std::numeric_limits<float>::infinity()), row_slack(base.count);
  for (std::size_t id = 0; id < base.count; ++id) {
    const double norm = base_norms[id] * area, slack = norm * relative + constant;
    row_slack[id] = static_cast<float>(slack);
    bias[id] = static_cast<float>((metric == Metric::squared_l2 ? norm : 0) - slack);
  }
  std::vector<Pool> pools(queries.count);
  for (std::size_t query = 0; query < queries.count; ++query) {
    pools[query] = Pool(k, query_norms[query] * area * relative + constant);
  }

  // Queries are packed with the factor that turns an inner product into a distance, less the query's own norm.
  const std::size_t tiles = (std::size_t{queries.count} + tile_queries - 1) / tile_queries;
  const std::size_t tile_floats = std::size_t{dimension} * tile_queries, panel_floats = std::size_t{dimension} * tile_rows;
  HugeArray<float> packed_queries(tiles * tile_floats);
  parallel_for(tiles, threads, 16, [&](std::size_t tile, std::uint32_t) {
    pack(queries, tile * tile_queries, tile_queries, frame, metric == Metric::squared_l2 ? -2 : -1,
         packed_queries.data() + tile * tile_floats);
  });

  // A batch of query tiles stays in a core's second-level cache while a block of the base streams past; batches are also
  // small enough that every thread gets several.
  const std::size_t block_panels = std::max<std::size_t>(1, (std::size_t{16} << 20) / (panel_floats * sizeof(float)));
  const std::size_t fitting = (std::size_t{768} << 10) / (tile_floats * sizeof(float));
  const std::size_t batch = std::max<std::size_t>(1, std::min(fitting, tiles / (threads * 4)));
  HugeArray<float> packed_rows(std::min(block_panels, panels) * panel_floats);
  for (std::size_t first = 0; first < panels; first += block_panels) {
    const std::size_t count = std::min(block_panels, panels - first);
    parallel_for(count, threads, 4, [&](std::size_t panel, std::uint32_t) {
      pack(base, (first + panel) * tile_rows, tile_rows, frame, 1, packed_rows.data() + panel * panel_floats);
    });
    parallel_for((tiles + batch - 1) / batch, threads, 1, [&](std::size_t group, std::uint32_t) {
      alignas(64) float scores[tile_queries * tile_rows];
      for (std::size_t panel = 0; panel < count; ++panel) {
        const std::size_t first_id = (first + panel) * tile_rows;
        for (std::size_t tile = group * batch; tile < std::min(tiles, (group + 1) * batch); ++tile) {
          multiply(packed_queries.data() + tile * tile_floats, packed_rows.data() + panel * panel_floats, dimension, scores);
          const std::size_t first_query = tile * tile_queries;
          for (std::size_t q = 0; q < tile_queries && first_query + q < queries.count; ++q) {
            Pool& pool = pools[first_query + q];
            float* lows = scores + q * tile_rows;
            const float limit = pool.limit();
            int promising = 0;
            for (int r = 0; r < tile_rows; ++r) {
              lows[r] += bias[first_id + r];
              promising |= lows[r] <= limit;
            }
            if (!promising) continue;
            for (int r = 0; r < tile_rows; ++r) {
              if (lows[r] <= pool.limit() && first_id + r < base.count) {
                pool.add(lows[r], static_cast<NodeId>(first_id + r), row_slack.data());
              }
            }
          }
        }
      }
    });
    progress(0.98 * static_cast<double>(first + count) / static_cast<double>(panels));
  }

  Answers answers(queries.count);
  parallel_for(queries.count, threads, 16, [&](std::size_t query, std::uint32_t) {
    pools[query].shrink(row_slack.data());
    answers[query] = settle(metric, base, queries[static_cast<NodeId>(query)], pools[query], k);
    pools[query] = Pool();
  });
  progress(1);
  return answers;
}

}  // namespace annvil::truth
