import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';

/** The Router class itself. */
export function learn({ rounds }: Choices): Part {
  const again = rounds === '2';
  return {
    std: ['cstdint', 'span', 'string', 'vector'],
    contract: ['learned/network.hpp', 'learned/training.hpp', 'neural-lsh/neighbours.hpp', 'vectors.hpp'],
    text: lines(
      `class Router {
 public:
  explicit Router(annvil::Training& training) : training_(training) {}

  annvil::Network learn(annvil::Vectors base, const annvil::NeighbourTable& neighbours, std::span<const std::uint32_t> bins,
                        std::uint32_t bin_count) {
    const std::string name = "level " + std::to_string(levels_++);
    torch::manual_seed(training_.seed);
    const routing::Rows rows(base);
    routing::Model model(training_, base.dimension, bin_count);
    model.layers->to(training_.device);
    routing::Course course(training_, base.count);`,
      again
        ? `    // Two thirds of the epochs for the partition's bins; then the rows move, and the rest is for where they are.
    const std::int64_t later = course.epochs / 3;
    routing::fit(training_, model, rows, neighbours, bins, bin_count, name + " cut", course.epochs - later, course);
    const std::vector<float> scores = routing::scores_of(training_, model, rows);
    const std::vector<std::uint32_t> moved = routing::place({scores, bin_count}, 1.1);
    routing::fit(training_, model, rows, neighbours, moved, bin_count, name + " moved", later, course);`
        : `    routing::fit(training_, model, rows, neighbours, bins, bin_count, name, course.epochs, course);`,
      `    model.layers->to(torch::kCPU);
    return model.exported(rows);
  }

  std::vector<std::uint32_t> place(annvil::BinScores scores, const annvil::NeighbourTable&, double limit) {
    return routing::place(scores, limit);
  }

 private:
  annvil::Training& training_;
  std::uint32_t levels_ = 0;  // learned so far
};`,
    ),
  };
}
