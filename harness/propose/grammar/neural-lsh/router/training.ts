import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';

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
    std: [
      'algorithm',
      'cstddef',
      'cstdint',
      'span',
      'string',
      ...(schedule === 'step' ? [] : ['cmath']),
      ...(schedule === 'step' ? [] : ['numbers']),
    ],
    contract: ['learned/training.hpp', 'neural-lsh/neighbours.hpp'],
    text: lines(
      `constexpr double highest_rate = ${choices.rate};
`,
      schedules[schedule!]!,
      `
// How far training is, over all calls of \`fit\`, in steps of one batch.
struct Course {
  Course(const annvil::Training& training, std::uint32_t rows) {
    const auto preset = static_cast<std::int64_t>(training.settings.whole("batch"));
    batch = std::clamp<std::int64_t>(${batches[choices.batch!]}, 1, rows);
    epochs = static_cast<std::int64_t>(training.settings.whole("epochs"));
    steps_an_epoch = rows / batch;
  }

  double share() const { return static_cast<double>(done) / static_cast<double>(epochs * steps_an_epoch); }

  std::int64_t batch, epochs, steps_an_epoch, done = 0;
};

// Cross-entropy against the soft labels, for \`epochs\` passes over the base. What was cut short goes on from its checkpoint.
inline void fit(annvil::Training& training, Model& model, const Rows& rows, const annvil::NeighbourTable& neighbours,
                std::span<const std::uint32_t> bins, std::uint32_t bin_count, const std::string& name, std::int64_t epochs,
                Course& course) {
  torch::optim::${kind} optimiser(model.layers->parameters(), torch::optim::${kind}Options(highest_rate).weight_decay(${decay}));
  const auto finished = static_cast<std::int64_t>(annvil::restore(training.checkpoint, name, *model.layers, optimiser));
  course.done += finished * course.steps_an_epoch;
  model.layers->train();
  for (std::int64_t epoch = finished; epoch < epochs; ++epoch) {
    torch::manual_seed(training.seed * 1'000'003 + static_cast<std::uint64_t>(course.done));
    const torch::Tensor order = torch::randperm(rows.values.size(0));
    for (std::int64_t step = 0; step < course.steps_an_epoch; ++step) {
      static_cast<torch::optim::${kind}Options&>(optimiser.param_groups()[0].options()).lr(rate_at(course.share()));
      const torch::Tensor ids = order.slice(0, step * course.batch, (step + 1) * course.batch);
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
      if (course.done % 100 == 0) training.progress(course.done, course.epochs * course.steps_an_epoch, loss.item<double>());
    }
    annvil::save(training.checkpoint, name, static_cast<std::size_t>(epoch + 1), *model.layers, optimiser);
  }
}`,
    ),
  };
}
