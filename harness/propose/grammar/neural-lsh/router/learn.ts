import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../search/part.ts';

/** The Router class itself. */
export function learn({ rounds }: Choices): Part {
  const again = rounds === '2';
  return {
    std: ['cstdint', 'span', 'vector', ...(again ? ['algorithm'] : [])],
    contract: ['learned/network.hpp', 'learned/training.hpp', 'neural-lsh/neighbours.hpp', 'vectors.hpp'],
    text: lines(
      `class Router {
 public:
  explicit Router(annvil::Training& training) : training_(training) {}

  annvil::Network learn(annvil::Vectors base, const annvil::NeighbourTable& neighbours, std::span<const std::uint32_t> bins,
                        std::uint32_t bin_count) {
    torch::manual_seed(static_cast<std::int64_t>(training_.seed));
    const routing::Rows rows(base);
    routing::Model model(training_, base.dimension, bin_count);
    model.layers->to(training_.device);
    const auto epochs = training_.settings.integer("epochs", 35);`,
      again
        ? `    // Two thirds of the epochs for the partition's bins; then the rows move, and the rest is for where they are.
    const std::int64_t later = epochs / 3;
    routing::Course course(training_, base.count, epochs);
    routing::fit(training_, model, rows, neighbours, bins, bin_count, epochs - later, course);
    const std::vector<float> scores = routing::scores_of(training_, model, rows);
    const std::vector<std::uint32_t> moved = routing::place({scores, bin_count}, 1.1);
    routing::fit(training_, model, rows, neighbours, moved, bin_count, later, course);`
        : `    routing::Course course(training_, base.count, epochs);
    routing::fit(training_, model, rows, neighbours, bins, bin_count, epochs, course);`,
      `    model.layers->to(torch::kCPU);
    return model.exported(rows);
  }

  std::vector<std::uint32_t> place(annvil::BinScores scores, const annvil::NeighbourTable&, double limit) {
    return routing::place(scores, limit);
  }

 private:
  annvil::Training& training_;
};`,
    ),
  };
}
