import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../search/part.ts';

const schedules: Record<string, string> = {
  step: `// Falls to a third after half of the steps, and to a tenth after three quarters.
inline double rate_at(double share) { return share < 0.5 ? highest_rate : highest_rate * (share < 0.75 ? 0.3 : 0.1); }`,
  cosine: `// Falls along half a cosine (Loshchilov and Hutter, 2017).
inline double rate_at(double share) { return highest_rate * (1 + std::cos(std::numbers::pi * share)) / 2; }`,
  'one-cycle': `// Rises over the first fifth, then falls along half a cosine (Smith and Topin, 2018).
inline double rate_at(double share) {
  if (share < 0.2) return highest_rate * (0.1 + 0.9 * share / 0.2);
  return highest_rate * (1 + std::cos(std::numbers::pi * (share - 0.2) / 0.8)) / 2;
}`,
};

const batches: Record<string, string> = { half: 'preset / 2', preset: 'preset', double: 'preset * 2' };

/** One pass of training from the model as it is, over a share of all epochs. */
export function training(choices: Choices): Part {
  const { schedule, optimiser, noise } = choices;
  const kind = optimiser === 'adamw' ? 'AdamW' : 'Adam';
  const decay = optimiser === 'adamw' ? '1e-2' : '1e-4';
  return {
    std: ['algorithm', 'cmath', 'cstdint', 'span', ...(schedule === 'step' ? [] : ['numbers'])],
    contract: ['learned/training.hpp', 'neural-lsh/neighbours.hpp'],
    text: lines(
      `constexpr double highest_rate = ${choices.rate};
`,
      schedules[schedule!]!,
      `
// How far training is, in steps of one batch.
struct Course {
  Course(const annvil::Training& training, std::uint32_t rows, std::int64_t epochs) {
    const auto preset = training.settings.integer("batch", 64);
    batch = std::clamp<std::int64_t>(${batches[choices.batch!]}, 1, rows);
    steps = epochs * (rows / batch);
  }

  std::int64_t batch, steps, done = 0;
};

// Cross-entropy against the soft labels, for \`epochs\` passes over the base.
inline void fit(annvil::Training& training, Model& model, const Rows& rows, const annvil::NeighbourTable& neighbours,
                std::span<const std::uint32_t> bins, std::uint32_t bin_count, std::int64_t epochs, Course& course) {
  const std::int64_t count = rows.values.size(0);
  const std::int64_t batch = course.batch;
  torch::optim::${kind} optimiser(model.layers->parameters(), torch::optim::${kind}Options(highest_rate).weight_decay(${decay}));
  model.layers->train();
  for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
    const torch::Tensor order = torch::randperm(count);
    for (std::int64_t from = 0; from + batch <= count; from += batch) {
      const double share = static_cast<double>(course.done) / static_cast<double>(course.steps);
      static_cast<torch::optim::${kind}Options&>(optimiser.param_groups()[0].options()).lr(rate_at(share));
      const torch::Tensor ids = order.slice(0, from, from + batch);
      const torch::Tensor labels = labels_of(ids, neighbours, bins, bin_count).to(training.device);`,
      noise === '0'
        ? '      const torch::Tensor inputs = rows.scaled(ids, training.device);'
        : `      torch::Tensor inputs = rows.scaled(ids, training.device);
      inputs = inputs + ${noise} * torch::randn_like(inputs);`,
      `      const torch::Tensor loss = -(labels * model.log_probabilities(inputs)).sum(1).mean();
      optimiser.zero_grad();
      loss.backward();
      optimiser.step();
      ++course.done;
      if (course.done % 100 == 0) training.progress(course.done, course.steps, loss.item<double>());
    }
  }
}`,
    ),
  };
}
