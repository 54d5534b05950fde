import type { Choices } from '../../../core/policy.ts';
import { lines } from '../part.ts';

/** How the step size goes over a phase. */
export function rateAt({ schedule }: Choices): string {
  const shares: Record<string, string> = {
    // Smith & Topin 2019: up for three tenths, then down to nothing.
    'one-cycle':
      'done < 0.3 ? 0.52 - 0.48 * std::cos(M_PI * done / 0.3) : 0.5 + 0.5 * std::cos(M_PI * (done - 0.3) / 0.7)',
    cosine: '0.5 + 0.5 * std::cos(M_PI * done)',
    constant: '',
  };
  const about: Record<string, string> = {
    'one-cycle': 'One cycle (Smith & Topin 2019): up for three tenths of a phase, then down to nothing.',
    cosine: 'Half a cosine down to nothing (Loshchilov & Hutter 2017).',
    constant: 'The same throughout.',
  };
  const share = shares[schedule!]!;
  return lines(
    `  // ${about[schedule!]}`,
    `  static void set_rate(torch::optim::AdamW& adam, ${share ? '' : '[[maybe_unused]] '}double done) {
    for (auto& group : adam.param_groups()) static_cast<torch::optim::AdamWOptions&>(group.options()).lr(${share ? 'rate * share(done)' : 'rate'});
  }`,
    share !== '' &&
      `  static double share(double done) {
    return ${share};
  }`,
  );
}

/** The inputs of a batch. */
export function augmented({ noise, approach }: Choices): string {
  return lines(
    '  torch::Tensor augmented(const torch::Tensor& rows) const {',
    '    torch::Tensor inputs = standard_(queries_.index_select(0, rows));',
    approach !== '0' &&
      `    // Whoever moves straight towards its nearest neighbour keeps it: the ball around it only shrinks.
    const auto keys = torch::empty(rows.sizes(), torch::kInt64);
    for (std::int64_t i = 0; i < rows.size(0); ++i) keys.data_ptr<std::int64_t>()[i] = task_.keys[rows.data_ptr<std::int64_t>()[i]];
    inputs = inputs + ${approach} * torch::rand({rows.size(0), 1}) * (standard_(base_.index_select(0, keys)) - inputs);`,
    noise === '0' ? '    return inputs;' : `    return inputs + ${noise} * torch::randn_like(inputs);`,
    '  }',
  );
}

/** What a batch is judged by. */
export function loss({ target, smoothing, 'distance-weight': weight }: Choices): string {
  const miss: Record<string, string> = {
    'all-holders': '-torch::logsumexp(chances + holders(holdings, rows), 1).mean()',
    'best-holder': '-get<0>(torch::max(chances + holders(holdings, rows), 1)).mean()',
    home: '-(chances + holders(holdings, rows)).amax(1).mean()',
  };
  const list =
    target === 'home'
      ? 'const std::uint32_t holder : holdings.holders(key).first(1)'
      : 'const std::uint32_t holder : holdings.holders(key)';
  return `  // -log of the probability that is given to what holds the key, and the likelihood of its distance under a log-normal.
  torch::Tensor loss(const annvil::Holdings& holdings, const torch::Tensor& rows) {
    const auto outputs = net_->forward(augmented(rows).to(training_.device));
    const auto chances = torch::log_softmax(outputs.slice(1, 0, task_.clusters), 1);
    const auto miss = ${miss[target!]};
    const auto spread = outputs.select(1, task_.clusters + 1).clamp(-6, 6);
    const auto off = (log_squared_.index_select(0, rows).to(training_.device) - outputs.select(1, task_.clusters)) * torch::exp(-spread);
    return ${smoothing === '0' ? 'miss' : `${1 - Number(smoothing)} * miss - ${smoothing} * chances.mean()`} + ${weight} * (spread + 0.5 * off * off).mean();
  }

  // 0 where a cluster ${target === 'home' ? "is the key's home" : 'holds the key'}, and next to minus infinity elsewhere.
  torch::Tensor holders(const annvil::Holdings& holdings, const torch::Tensor& rows) const {
    const auto mask = torch::full({rows.size(0), task_.clusters}, -1e9f);
    for (std::int64_t i = 0; i < rows.size(0); ++i) {
      const std::uint32_t key = task_.keys[rows.data_ptr<std::int64_t>()[i]];
      for (${list}) mask.data_ptr<float>()[i * task_.clusters + holder] = 0;
    }
    return mask.to(training_.device);
  }`.replace('-get<0>', '-std::get<0>');
}
