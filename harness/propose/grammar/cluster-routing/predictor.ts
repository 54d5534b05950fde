import type { Choices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { comment, lines } from '../part.ts';
import { augmented, loss, rateAt } from './predictor-parts.ts';
import { seedChoices, space } from './predictor-space.ts';

/** The header of the predictor that these choices describe. */
export function emit(choices: Choices): string {
  const afresh = choices['after-duplication'] === 'afresh';
  const approaches = choices.approach !== '0';
  return lines(
    summary(choices),
    `#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <annvil/cluster-routing/predictor.hpp>
#include <annvil/cluster-routing/standardiser.hpp>
#include <annvil/learned/export_network.hpp>

namespace candidate {

class Predictor {
 public:
  Predictor(annvil::Training& training, const annvil::RoutingTask& task)
      : training_(training),
        task_(task),
        queries_(annvil::rows_of(task.queries)),${approaches ? '\n        base_(annvil::rows_of(task.base)),' : ''}
        log_squared_(annvil::log_squared_distances(task)),
        standard_(annvil::rows_of(task.base)),
        net_(fresh()) {}

  void train(const annvil::Holdings& holdings, const annvil::Phase& phase) {`,
    afresh && '    if (phase.number > 0) net_ = fresh();',
    `    net_->to(training_.device);
    torch::optim::AdamW adam(net_->parameters(), torch::optim::AdamWOptions(rate).weight_decay(${choices.decay}));
    const std::int64_t count = queries_.size(0), steps = (count + batch - 1) / batch;
    const std::int64_t total = steps * phase.epochs;
    std::uint32_t epoch = phase.restore(*net_, adam);
    net_->train();
    for (; epoch < phase.epochs; ++epoch) {
      torch::manual_seed((training_.seed * 1009 + phase.number) * 10007 + epoch);
      const auto order = torch::randperm(count, torch::kInt64);
      for (std::int64_t step = 0; step < steps; ++step) {
        const std::int64_t done = epoch * steps + step;
        set_rate(adam, static_cast<double>(done) / static_cast<double>(total));
        const auto rows = order.slice(0, step * batch, std::min(count, (step + 1) * batch));
        const auto error = loss(holdings, rows);
        adam.zero_grad();
        error.backward();
        adam.step();
        phase.progress(done + 1, total, error.item<double>());
      }
      phase.save(epoch + 1, *net_, adam);
    }
    net_->to(torch::kCPU);
    net_->eval();
  }

  torch::Tensor scores(const torch::Tensor& queries) { return net_->forward(standard_(queries)).slice(1, 0, task_.clusters); }

  annvil::Network network() { return annvil::export_network(*standard_.folded_into(net_), task_.queries.dimension); }

 private:
  static constexpr std::int64_t batch = ${choices.batch};
  static constexpr double rate = ${choices.rate};
`,
    network(choices),
    `
${rateAt(choices)}

  // Queries as the network is to see them: standardised and augmented.
${augmented(choices)}

${loss(choices)}

  annvil::Training& training_;
  const annvil::RoutingTask& task_;
  torch::Tensor queries_, ${approaches ? 'base_, ' : ''}log_squared_;
  annvil::Standardiser standard_;
  torch::nn::Sequential net_;
};

}  // namespace candidate
`,
  );
}

function network({ widths, normalisation, dropout }: Choices): string {
  const [first, second] = widths!.split('-');
  const hidden = (from: string, to: string) => [
    `      torch::nn::Linear(${from}, ${to})`,
    ...(normalisation === 'layer' ? [`      torch::nn::LayerNorm(torch::nn::LayerNormOptions({${to}}))`] : []),
    ...(normalisation === 'batch' ? [`      torch::nn::BatchNorm1d(${to})`] : []),
    '      torch::nn::ReLU()',
    ...(dropout === '0' ? [] : [`      torch::nn::Dropout(${dropout})`]),
  ];
  const modules = [...hidden('task_.queries.dimension', first!), ...hidden(first!, second!)];
  return `  // Three layers. The last gives the clusters' logits and what is expected of the distance, which starts at its mean and deviation.
  torch::nn::Sequential fresh() const {
    torch::nn::Linear last(${second}, task_.clusters + annvil::distance_outputs);
    const torch::NoGradGuard no_gradients;
    last->bias[task_.clusters] = log_squared_.mean();
    last->bias[task_.clusters + 1] = torch::log(log_squared_.std().clamp_min(1e-3));
    return torch::nn::Sequential(
${modules.join(',\n')},
      last);
  }`;
}

function summary({ widths, normalisation, noise, approach, target, batch, rate, schedule }: Choices): string {
  const aims: Record<string, string> = {
    'all-holders': 'the mass of all clusters that hold the key',
    home: "the key's home, as if there were no copies",
    'best-holder': 'that holder of the key which it already finds the most probable',
  };
  return comment([
    `Slot \`predictor\`: a perceptron of three layers, ${widths!.replace('-', ' and ')} wide${normalisation === 'none' ? '' : `, with ${normalisation} normalisation`}, that learns ${aims[target!]}`,
    '(Ikeda, Miyashita & Deguchi 2025).',
    ...(noise === '0' ? [] : [`Gaussian noise of ${noise} deviations on its queries.`]),
    ...(approach === '0' ? [] : ['Queries are moved towards their key by up to a half: it stays the nearest.']),
    `AdamW, batches of ${batch}, steps of ${rate} (${schedule}).`,
  ]);
}

/** What the grammar proposer knows of the slot `predictor`. */
export const predictorGrammar: Grammar = { space, seedChoices, emit };
