import type { Choices } from '../../../../core/policy.ts';

/** Where a search comes in, if not by layers. */
export function entry({ entry, top }: Choices): string {
  if (entry === 'medoid' || top === 'medoid') return medoid;
  if (entry!.startsWith('centres')) return centres;
  return '';
}

/** A mean is laid out as rows are, because the kernel wants whole, aligned rows. */
const medoid = `// The row nearest to the mean of all: no query is very far from it.
inline NodeId medoid(Vectors base) {
  HugeArray<float> mean(base.stride);
  for (NodeId id = 0; id < base.count; ++id) {
    std::transform(mean.begin(), mean.end(), base[id], mean.begin(), std::plus());
  }
  for (float& value : mean) value /= static_cast<float>(base.count);
  Neighbour nearest{std::numeric_limits<float>::max(), 0};
  for (NodeId id = 0; id < base.count; ++id) {
    nearest = std::min(nearest, {annvil::squared_l2(mean.data(), base[id], base.stride), id});
  }
  return nearest.id;
}`;

const centres = `// Rows near the centres of as many clusters, the largest cluster's first: one of them is close to any query. A few rounds of
// k-means over a sample are enough (Lloyd 1982).
inline std::vector<NodeId> centres(Vectors base, std::uint32_t wanted, std::uint32_t threads, std::mt19937_64& random) {
  std::vector<NodeId> sample(base.count);
  std::iota(sample.begin(), sample.end(), NodeId{0});
  std::shuffle(sample.begin(), sample.end(), random);
  sample.resize(std::min<std::size_t>(sample.size(), std::size_t{wanted} * 64));
  const std::size_t count = std::min<std::size_t>(wanted, sample.size());
  const std::size_t stride = base.stride;

  HugeArray<float> means(count * stride);
  for (std::size_t c = 0; c < count; ++c) std::copy_n(base[sample[c]], stride, means.data() + c * stride);
  std::vector<Neighbour> nearest(sample.size());  // by sampled row: its cluster
  std::vector<std::uint32_t> sizes(count);
  for (int round = 0; round < 8; ++round) {
    annvil::parallel_for(sample.size(), threads, 64, [&](std::size_t i, std::uint32_t) {
      nearest[i] = {std::numeric_limits<float>::max(), no_node};
      for (std::uint32_t c = 0; c < count; ++c) {
        const float distance = annvil::squared_l2(means.data() + c * stride, base[sample[i]], base.stride);
        nearest[i] = std::min(nearest[i], {distance, c});
      }
    });
    std::fill(means.begin(), means.end(), 0.0F);
    std::fill(sizes.begin(), sizes.end(), 0);
    for (std::size_t i = 0; i < sample.size(); ++i) {
      float* mean = means.data() + nearest[i].id * stride;
      std::transform(mean, mean + stride, base[sample[i]], mean, std::plus());
      ++sizes[nearest[i].id];
    }
    for (std::size_t c = 0; c < count; ++c) {
      const float share = 1 / static_cast<float>(std::max(sizes[c], 1U));
      for (std::size_t j = 0; j < stride; ++j) means[c * stride + j] *= share;
    }
  }

  // By cluster: the row nearest its centre.
  std::vector<Neighbour> best(count, {std::numeric_limits<float>::max(), no_node});
  for (std::size_t i = 0; i < sample.size(); ++i) {
    auto& found = best[nearest[i].id];
    const float* mean = means.data() + nearest[i].id * stride;
    found = std::min(found, {annvil::squared_l2(mean, base[sample[i]], base.stride), sample[i]});
  }
  std::vector<std::uint32_t> clusters(count);
  std::iota(clusters.begin(), clusters.end(), 0U);
  std::sort(clusters.begin(), clusters.end(), [&](auto a, auto b) { return sizes[a] > sizes[b]; });
  std::vector<NodeId> entry_points;
  for (const std::uint32_t c : clusters) {
    if (best[c].id != no_node) entry_points.push_back(best[c].id);
  }
  return entry_points;
}`;
