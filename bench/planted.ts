import { makeCandidate } from '../harness/core/candidate.ts';
import type { Index } from '../harness/core/evaluation.ts';
import type { Slot } from '../harness/core/target.ts';
import { seedCandidates } from '../harness/seeds.ts';

/** What follows the seed's own code, moved into a namespace of its own, in a planted header. */
const wrappers: Record<'search' | 'refinement', string> = {
  search: `
template <annvil::Metric metric>
class Search {
 public:
  Search(annvil::Vectors base, const annvil::Graph& graph) : inner_(base, graph) {}
  std::size_t scratch_bytes(std::uint32_t effort, std::uint32_t k) const { return inner_.scratch_bytes(effort, k); }
  std::uint32_t search(const float* query, std::uint32_t effort, std::uint32_t k, std::span<std::byte> scratch,
                       std::span<annvil::Neighbour> found) const {
    const std::uint64_t begin = planted::ticks();
    const std::uint32_t count = inner_.search(query, effort, k, scratch, found);
    planted::idle_after(begin);
    return count;
  }

 private:
  seed::Search<metric> inner_;
};
`,
  refinement: `
template <annvil::Metric metric>
class Refinement {
 public:
  explicit Refinement(annvil::Vectors base) : inner_(base) {}
  std::size_t scratch_bytes(std::uint32_t count, std::uint32_t k) const { return inner_.scratch_bytes(count, k); }
  void refine(const float* query, std::span<const annvil::Neighbour> candidates, std::span<std::byte> scratch,
              std::span<annvil::NodeId> nearest) const {
    const std::uint64_t begin = planted::ticks();
    inner_.refine(query, candidates, scratch, nearest);
    planted::idle_after(begin);
  }

 private:
  seed::Refinement<metric> inner_;
};
`,
};

/** Busy loop of known cost: as long again as a share, in thousandths, of what the work before it took by the core's own counter. */
const busyLoop = (thousandths: number) => `
#include <cstdint>
namespace candidate::planted {
inline std::uint64_t ticks() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  std::uint64_t count;
  asm volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
#endif
}
inline void idle_after(std::uint64_t begin) {
  // Read at run time, so that with and without a delay the code is the same, and no luck of alignment is measured.
  const volatile std::uint64_t share = ${thousandths};
  const std::uint64_t end = ticks();
  const std::uint64_t until = end + (end - begin) * share / 1000;
  while (ticks() < until) {
  }
}
}  // namespace candidate::planted
`;

/** The seed index, slowed by so many thousandths of its search's and its refinement's own time. */
export async function plantedIndex(thousandths: number): Promise<Index> {
  const seeds = await seedCandidates('graph');
  const planted = (slot: Slot & keyof typeof wrappers) => {
    const inner = seeds[slot].source
      .replace('namespace candidate {', 'namespace candidate::seed {')
      .replace('}  // namespace candidate', '}  // namespace candidate::seed');
    // Each header brings its own loop; the first one to be included defines it for both.
    const guard = `#ifndef ANNVIL_PLANTED\n#define ANNVIL_PLANTED${busyLoop(thousandths)}#endif\n`;
    const source = `${inner}\n${guard}namespace candidate {${wrappers[slot]}}  // namespace candidate\n`;
    return makeCandidate({ slot, source, parents: [], origin: { proposer: 'seed' } });
  };
  return { ...seeds, search: planted('search'), refinement: planted('refinement') };
}
