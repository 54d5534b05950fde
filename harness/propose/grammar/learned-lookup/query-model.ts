import type { Choices } from '../../../core/policy.ts';
import { comment } from '../part.ts';
import { helpers, look } from './query-model/look.ts';
import { loss, lossOf } from './query-model/loss.ts';
import { seedChoices, space } from './query-model/space.ts';
import { rate } from './schedule.ts';

export { seedChoices, space };

/** The header of the query models that these choices describe. */
export function emit(choices: Choices): string {
  const falls = choices.decay !== 'none';
  const std = [...(falls ? ['algorithm', 'cmath'] : []), 'cstddef', 'cstdint', 'vector'];
  const encoding = choices.history!.replace('-', '_');
  return `${summary(choices)}
#pragma once

#include <torch/torch.h>

${std.map((name) => `#include <${name}>`).join('\n')}

#include <annvil/learned-lookup/query_model.hpp>
#include <annvil/learned/export_network.hpp>

namespace candidate {

namespace querying {

${helpers(choices)}

}  // namespace querying

class QueryModel {
 public:
  QueryModel(const annvil::LookupProblem& problem, const annvil::Training& training)
      : problem_(problem), encoding_(problem.adaptive ? annvil::HistoryEncoding::${encoding} : annvil::HistoryEncoding::none) {
    for (std::uint32_t i = 0; i < problem.lookups; ++i) {
      models_.push_back(model(annvil::history_width(problem, encoding_, i)));
      models_.back()->to(training.device);
    }
  }

${loss(choices)}

  std::vector<torch::Tensor> parameters() {
    std::vector<torch::Tensor> all;
    for (const auto& model : models_)
      for (const torch::Tensor& parameter : model->parameters()) all.push_back(parameter);
    return all;
  }

${rate(choices)}

  annvil::QueryNetworks networks() {
    annvil::QueryNetworks trained{encoding_, {}};
    for (std::uint32_t i = 0; i < problem_.lookups; ++i)
      trained.networks.push_back(annvil::export_network(*models_[i], annvil::history_width(problem_, encoding_, i)));
    return trained;
  }

 private:
${model(choices)}

${look(choices)}

${lossOf(choices)}

  annvil::LookupProblem problem_;
  annvil::HistoryEncoding encoding_;
  std::vector<torch::nn::Sequential> models_;
};

}  // namespace candidate
`;
}

function model({ layers, width, norm }: Choices): string {
  const hidden = {
    half: '(problem_.scale.hidden + 1) / 2',
    preset: 'problem_.scale.hidden',
    double: '2 * problem_.scale.hidden',
  }[width!]!;
  return `  torch::nn::Sequential model(std::uint32_t width) const {
    const std::uint32_t hidden = ${hidden};
    torch::nn::Sequential layers;
    for (int i = 0; i < ${layers}; ++i) {
      layers->push_back(torch::nn::Linear(i == 0 ? width : hidden, hidden));
${norm === 'layer-norm' ? '      layers->push_back(torch::nn::LayerNorm(torch::nn::LayerNormOptions({hidden})));\n' : ''}      layers->push_back(torch::nn::ReLU());
    }
    layers->push_back(torch::nn::Linear(hidden, problem_.positions()));
    return layers;
  }`;
}

const judgedBy: Readonly<Record<string, string>> = {
  'answer-share': "the log of the answer's share",
  'squared-error': 'the squared error',
  both: "the log of the answer's share and the squared error",
};

function summary(choices: Choices): string {
  const { noise, loss: kind, supervision } = choices;
  return comment([
    `Slot \`query-model\`: a network of ${choices.layers} hidden layer${choices.layers === '1' ? '' : 's'} for each lookup.`,
    noise === 'none'
      ? 'Lookups are softmaxes while training.'
      : `Lookups are Gumbel-softmaxes while training${noise === 'last-then-all' ? `, all but the last without noise until ${choices['noise-switch']} of the steps` : ''}.`,
    supervision === 'any'
      ? 'Trained by the log of the chance that some lookup reads the answer.'
      : `${supervision === 'last' ? 'The last lookup is' : 'All lookups are'} trained by ${judgedBy[kind!]}.`,
  ]);
}

/** What the grammar proposer knows of the slot `query-model`. */
export const queryModelGrammar = { space, seedChoices, emit };
