import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';

/** The Partition class itself. */
export function divide({ method, objective, restarts, imbalance }: Choices): Part {
  return {
    std: ['cstdint', 'vector'],
    contract: ['neural-lsh/metis.hpp', 'neural-lsh/neighbours.hpp', 'vectors.hpp'],
    text: lines(
      `class Partition {
 public:
  std::vector<std::uint32_t> divide(annvil::Vectors, const annvil::NeighbourTable& neighbours,
                                    const annvil::PartitionRequest& request) {`,
      method === 'kahip' && '    if (!request.kahip.empty()) return {request.kahip.begin(), request.kahip.end()};',
      `    annvil::MetisOptions options;
    options.parts = request.bins;
    options.imbalance = ${imbalance === 'requested' ? 'request.imbalance' : imbalance};
    options.seed = request.seed;`,
      method === 'recursive' && '    options.recursive = true;',
      objective === 'volume' && '    options.communication = true;',
      restarts !== '1' && `    options.restarts = ${restarts};`,
      `    return annvil::metis_partition(cutting::graph_of(neighbours), options);
  }
};`,
    ),
  };
}
