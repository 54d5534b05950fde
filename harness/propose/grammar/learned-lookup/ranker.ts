import type { Choices } from '../../../core/policy.ts';
import { comment, includes } from '../part.ts';
import { network } from './ranker/network.ts';
import { placement, sort } from './ranker/sort.ts';
import { seedChoices, space } from './ranker/space.ts';
import { rate } from './schedule.ts';

export { seedChoices, space };

/** The header of the ranker that these choices describe. */
export function emit(choices: Choices): string {
  const parts = [network(choices), sort(choices)];
  return `${summary(choices)}
#pragma once

#include <torch/torch.h>

${includes(parts, ['learned-lookup/ranker.hpp'])}

namespace candidate {

namespace ranking {

${parts.map(({ text }) => text).join('\n\n')}

}  // namespace ranking

class Ranker {
 public:
  Ranker(const annvil::LookupProblem& problem, const annvil::Training& training)
      : network_(problem.scale, problem.dimension, problem.outputs()) {
    network_.to(training.device);
  }

  torch::Tensor outputs(const torch::Tensor& datasets) { return network_.forward(datasets); }

${placement(choices)}

  std::vector<torch::Tensor> parameters() { return network_.parameters(); }

${rate(choices, choices['settles-at'] === 'never' ? undefined : choices['settles-at'])}

  annvil::SetNetwork network() { return network_.network(); }

 private:
  ranking::Network network_;
};

}  // namespace candidate
`;
}

function summary(choices: Choices): string {
  const kind = {
    transformer: 'a transformer without mask or positions',
    'deep-set': 'a deep set',
    pointwise: 'a network on each point alone',
  }[choices.network!]!;
  return comment([
    `Slot \`ranker\`: ${kind}, trained through ${choices.sort === 'softsort' ? 'SoftSort' : 'NeuralSort'} of its scores.`,
    ...(choices['settles-at'] === 'never'
      ? []
      : [
          `From ${choices['settles-at']} of the steps on it stays as it is, and points are placed as they will be in the end.`,
        ]),
  ]);
}

/** What the grammar proposer knows of the slot `ranker`. */
export const rankerGrammar = { space, seedChoices, emit };
