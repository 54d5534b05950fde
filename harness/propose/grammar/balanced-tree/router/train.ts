import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';
import { single } from './space.ts';

function augmented({ augment }: Choices): string | false {
  if (augment === 'none') return false;
  if (augment === 'towards-a-neighbour') {
    return `      // Somewhere between the query and one of its nearest: as near to the same neighbours, and no query that was seen.
      const torch::Tensor steps = torch::rand({size, 1}) * 0.5;
      queries = queries + steps.to(device_) * (standardised(task_.base, near) - queries);`;
  }
  return `      queries = queries + ${augment!.slice('noise-'.length)} * torch::randn({size, queries.size(1)}).to(device_);`;
}

function rate({ rate: schedule }: Choices): string {
  if (schedule === 'last-third')
    return `    // Constant while the tree still moves, a tenth in the last third.
    if (3 * cycle >= 2 * task_.cycles) rate *= 0.1;`;
  return `    // A half cosine over the cycles (Loshchilov & Hutter 2017), down to a tenth.
    const double passed = task_.cycles ? static_cast<double>(cycle) / task_.cycles : 1;
    rate *= 0.55 + 0.45 * std::cos(3.14159265 * passed);`;
}

/** The Router class itself. */
export function train(choices: Choices): Part {
  const alone = single(choices);
  const drawn = choices.mining?.startsWith('random') ?? false;
  const anew = choices.moments === 'anew';
  const near = choices.augment === 'towards-a-neighbour';
  const type = choices.optimiser === 'adamw' ? 'AdamW' : 'Adam';
  const decay = choices.optimiser === 'adamw' ? '1e-2' : '1e-5';
  const made = `torch::optim::${type}(net_->parameters(), torch::optim::${type}Options(rate).weight_decay(${decay}))`;
  return {
    std: [
      'algorithm',
      'cstdint',
      'memory',
      'numeric',
      'random',
      'span',
      'vector',
      ...(choices.rate === 'cosine' ? ['cmath'] : []),
    ],
    contract: ['balanced-tree/router.hpp'],
    text: lines(
      `class Router {
 public:
  Router(const annvil::RoutingTask& task, annvil::Training& training)
      : task_(task), training_(training), device_(training.device) {
    torch::manual_seed(task.seed);
    net_ = std::make_shared<routing::Net>(task.shape, task.base.size(1), training.settings);
    net_->to(device_);
    const double rate = training.settings.number("learning-rate");
    optimiser_ = std::make_unique<torch::optim::${type}>${made.slice(`torch::optim::${type}`.length)};
    mean_ = task.base.mean(0);
    inverse_ = 1 / std::max((task.base - mean_).pow_(2).mean().sqrt().item<float>(), 1e-20f);
  }

  double fit(std::span<const std::uint32_t> leaves, std::uint32_t cycle) {`,
      `    ${choices.rate === 'constant' ? 'const ' : ''}double rate = training_.settings.number("learning-rate");`,
      choices.rate !== 'constant' && rate(choices),
      anew && '    // The tree has changed under the moments: they start anew.\n    optimiser_->state().clear();',
      `    for (auto& group : optimiser_->param_groups()) static_cast<torch::optim::${type}Options&>(group.options()).lr(rate);
    const std::uint64_t epochs = training_.settings.whole("epochs");
    double loss = 0;
    for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
      const std::uint64_t seed = task_.seed + 1009 * (cycle * epochs + epoch + 1);
      torch::manual_seed(seed);
      loss = pass(leaves, seed);
    }
    return loss;
  }

  void branches(std::uint32_t depth, std::span<const std::uint32_t> nodes, std::span<float> log_probabilities) {
    const torch::NoGradGuard off;
    const torch::Tensor states = net_->states(depth);
    const std::int64_t block = 4096, branching = task_.shape.branching;
    for (std::int64_t from = 0; from < task_.base.size(0); from += block) {
      const std::int64_t to = std::min<std::int64_t>(from + block, task_.base.size(0));
      const std::vector<std::int64_t> at(nodes.begin() + from, nodes.begin() + to);
      const torch::Tensor rows = ((task_.base.slice(0, from, to) - mean_) * inverse_).to(device_);
      const torch::Tensor odds = net_->log_odds(states.index_select(0, torch::tensor(at).to(device_)), net_->embed(rows));
      std::ranges::copy(annvil::floats_of(odds), log_probabilities.begin() + from * branching);
    }
  }

  annvil::Decoder exported() { return net_->exported(mean_, inverse_); }

  torch::nn::Module& module() { return *net_; }
  torch::optim::Optimizer& optimiser() { return *optimiser_; }

 private:
  // Rows by number, less the mean of the base and over its deviation, which is one number for all dimensions: distances keep their order.
  torch::Tensor standardised(const torch::Tensor& source, const std::vector<std::int64_t>& rows) const {
    return ((source.index_select(0, torch::tensor(rows)) - mean_) * inverse_).to(device_);
  }

  // One pass over the training's ${alone ? 'pairs' : 'queries'} in an order of its own. Returns the mean loss.
  double pass(std::span<const std::uint32_t> leaves, std::uint64_t seed) {
    const annvil::TreeShape& shape = task_.shape;
    const std::size_t batch = training_.settings.whole("batch");
    std::mt19937_64 random(seed);
    std::vector<std::uint32_t> order(${alone ? 'std::size_t{task_.pairs.queries.count} * task_.pairs.k' : 'task_.pairs.queries.count'});
    std::iota(order.begin(), order.end(), 0u);
    std::shuffle(order.begin(), order.end(), random);
    double sum = 0;
    std::size_t batches = 0;
    for (std::size_t from = 0; from < order.size(); from += batch, ++batches) {
      const auto size = static_cast<std::int64_t>(std::min(batch, order.size() - from));
      std::vector<std::int64_t> asked${near ? ', near' : ''};
      std::vector<routing::Targets> targets(shape.height);
      for (std::int64_t row = 0; row < size; ++row) {
        const std::uint32_t drawn = order[from + row];
        asked.push_back(${alone ? 'drawn / task_.pairs.k' : 'drawn'});`,
      near && `        near.push_back(task_.pairs.of(asked.back())[random() % std::min(10u, task_.pairs.k)]);`,
      `        const auto paths = routing::paths_of(task_.pairs, leaves, drawn${drawn ? ', random' : ''});
        for (std::uint32_t depth = 0; depth < shape.height; ++depth) routing::add_targets(shape, depth, row, paths, targets[depth]);
      }
      ${choices.augment === 'none' ? 'const ' : ''}torch::Tensor queries = standardised(task_.queries, asked);`,
      augmented(choices),
      `      const torch::Tensor loss = loss_of(net_->embed(queries), targets) / size;
      optimiser_->zero_grad();
      loss.backward();
      optimiser_->step();
      sum += loss.item<double>();
    }
    return sum / static_cast<double>(batches);
  }

  // Cross-entropy summed over depths, with the true prefix in front (teacher forcing).
  torch::Tensor loss_of(const torch::Tensor& embeddings, const std::vector<routing::Targets>& targets) {
    torch::Tensor loss = torch::zeros({}, embeddings.options());
    for (std::uint32_t depth = 0; depth < task_.shape.height; ++depth) {
      const auto& [rows, nodes, shares] = targets[depth];
      const torch::Tensor states = net_->states(depth).index_select(0, torch::tensor(nodes).to(device_));
      const torch::Tensor odds = net_->log_odds(states, embeddings.index_select(0, torch::tensor(rows).to(device_)));
      loss = loss - (torch::tensor(shares).to(device_).view_as(odds) * odds).sum();
    }
    return loss;
  }

  annvil::RoutingTask task_;
  annvil::Training& training_;
  torch::Device device_;
  std::shared_ptr<routing::Net> net_;
  std::unique_ptr<torch::optim::${type}> optimiser_;
  torch::Tensor mean_;
  float inverse_;
};`,
    ),
  };
}
