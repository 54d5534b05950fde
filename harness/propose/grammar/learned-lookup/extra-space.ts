import type { Choices } from '../../../core/policy.ts';
import { comment } from '../part.ts';
import { seedChoices, space } from './extra-space/space.ts';
import { rate } from './schedule.ts';

export { seedChoices, space };

/** The header of the writer of extra vectors that these choices describe. */
export function emit(choices: Choices): string {
  const std = [...(choices.decay === 'none' ? [] : ['algorithm', 'cmath']), 'cstdint', 'vector'];
  return `${summary(choices)}
#pragma once

#include <torch/torch.h>

${std.map((name) => `#include <${name}>`).join('\n')}

#include <annvil/learned-lookup/extra_space.hpp>
#include <annvil/learned/export_network.hpp>

namespace candidate {

class ExtraSpace {
 public:
  ExtraSpace(const annvil::LookupProblem& problem, const annvil::Training& training) : problem_(problem) {
    const std::uint32_t in = problem.points * problem.dimension, out = problem.extra * problem.dimension;
${layers(choices)}
    layers_->to(training.device);
  }

  torch::Tensor vectors(const torch::Tensor& arranged) {
    return layers_->forward(arranged.flatten(1)).view({arranged.size(0), problem_.extra, problem_.dimension});
  }

  std::vector<torch::Tensor> parameters() { return layers_->parameters(); }

${rate(choices)}

  annvil::Network network() { return annvil::export_network(*layers_, problem_.points * problem_.dimension); }

 private:
  annvil::LookupProblem problem_;
  torch::nn::Sequential layers_;
};

}  // namespace candidate
`;
}

function layers({ network, hidden, norm, start }: Choices): string {
  if (network === 'linear')
    return `    const torch::nn::Linear linear(in, out);
    layers_->push_back(linear);${start === 'quantiles' ? quantiles : ''}`;
  const wide = (from: string) => `    layers_->push_back(torch::nn::Linear(${from}, ${hidden}));
${norm === 'layer-norm' ? `    layers_->push_back(torch::nn::LayerNorm(torch::nn::LayerNormOptions({${hidden}})));\n` : ''}    layers_->push_back(torch::nn::ReLU());
`;
  return `${wide('in')}${network === 'deep-mlp' ? wide(hidden!) : ''}    layers_->push_back(torch::nn::Linear(${hidden}, out));`;
}

const quantiles = `
    // It starts from the points at evenly spaced positions of the stored order.
    const torch::NoGradGuard no_gradient;
    for (std::uint32_t t = 0; t < problem.extra; ++t) {
      const std::uint32_t position = (2 * t + 1) * problem.points / (2 * problem.extra);
      for (std::uint32_t k = 0; k < problem.dimension; ++k)
        linear->weight[t * problem.dimension + k][position * problem.dimension + k] += 1.0;
    }`;

function summary({ network, hidden }: Choices): string {
  const what =
    network === 'linear'
      ? 'a linear function'
      : `a network of ${network === 'mlp' ? 'one hidden layer' : 'two hidden layers'} of ${hidden}`;
  return comment([`Slot \`extra-space\`: the extra vectors are ${what} of the dataset in stored order.`]);
}

/** What the grammar proposer knows of the slot `extra-space`. */
export const extraSpaceGrammar = { space, seedChoices, emit };
